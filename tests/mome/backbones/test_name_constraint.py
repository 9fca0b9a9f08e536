"""Token by token, a text model is kept to SQL words, aliases and the names of its slice."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from mome.backbones.base import Prompt
from mome.backbones.name_constraint import NameConstraint
from mome.linking.slice import Linker


@pytest.fixture(scope="module")
def tokenizer(text_folders: dict[str, Path]) -> PreTrainedTokenizerBase:
    return AutoTokenizer.from_pretrained(text_folders["llama"])


@pytest.fixture(scope="module")
def constraint(tokenizer: PreTrainedTokenizerBase, linker: Linker) -> NameConstraint:
    return NameConstraint(tokenizer, Prompt("q", linker.slice("singers"), linker, None), 1)


def spell(tokenizer: PreTrainedTokenizerBase, text: str) -> list[int]:
    return tokenizer(text, add_special_tokens=False)["input_ids"]


def first_refused(
    constraint: NameConstraint, tokenizer: PreTrainedTokenizerBase, text: str
) -> str | None:
    """The text before the first token that is not let through, where each is the likeliest; None
    where all are.
    """
    ids = spell(tokenizer, text)
    for index, token in enumerate([*ids, tokenizer.eos_token_id]):
        scores = torch.zeros(1, len(tokenizer))
        scores[0, token] = 5.0
        if not constraint(torch.tensor([[0, *ids[:index]]]), scores)[0, token].isfinite():
            return tokenizer.decode(ids[:index])
    return None


GOOD = [
    "SELECT name FROM singer",
    "select Singer.NAME from Singer where Country = 'anything at all'",
    (
        "SELECT T1.name, COUNT(*) AS how_many FROM singer AS T1 JOIN song AS T2 ON T1.id = "
        "T2.singer_id ORDER BY how_many DESC LIMIT 3"
    ),
    'SELECT "First Name", CamelCase FROM "Order Line"',
    "SELECT name FROM singer WHERE country = 'it''s unknown' AND age > 2.5",
    "WITH t AS (SELECT name FROM singer) SELECT * FROM t",
    "SELECT CAST(STRFTIME('%Y', held) AS INTEGER) FROM concert",
    "NONE",
]


@pytest.mark.parametrize("sql", GOOD)
def test_sql_over_the_slice_goes_through(
    constraint: NameConstraint, tokenizer: PreTrainedTokenizerBase, sql: str
) -> None:
    assert first_refused(constraint, tokenizer, sql) is None


BAD = [
    "SELECT name FROM customers",
    "SELECT salary FROM singer",
    "SELECT größe FROM singer",
    "SELECT 数量 FROM x",
    "SELECT name FROM sing",
]


@pytest.mark.parametrize("sql", BAD)
def test_other_names_do_not(
    constraint: NameConstraint, tokenizer: PreTrainedTokenizerBase, sql: str
) -> None:
    before = first_refused(constraint, tokenizer, sql)
    assert before is not None and sql.startswith(before.rstrip("\N{REPLACEMENT CHARACTER}"))


def test_names_of_any_alphabet_go_through(
    tokenizer: PreTrainedTokenizerBase, make_table, make_catalog
) -> None:
    linker = Linker(
        make_catalog(make_table("größen", "数量 integer, 2nd_try text", schema="übung"))
    )
    constraint = NameConstraint(tokenizer, Prompt("q", linker.slice("q"), linker, None), 1)
    assert first_refused(constraint, tokenizer, 'SELECT 数量, "2nd_try" FROM übung.größen') is None
    assert first_refused(constraint, tokenizer, "SELECT 数 FROM größen") is not None


def test_where_nothing_fits_the_answer_ends(
    constraint: NameConstraint, tokenizer: PreTrainedTokenizerBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mome.backbones.name_constraint.TRIED", 1)
    scores = torch.zeros(1, len(tokenizer))
    scores[0, spell(tokenizer, "zebra")[0]] = 5.0
    kept = constraint(torch.tensor([[0, *spell(tokenizer, "SELECT name FROM q")]]), scores)
    assert kept[0].isfinite().nonzero().squeeze(1).tolist() == [tokenizer.eos_token_id]


def test_other_special_tokens_are_not_written(
    constraint: NameConstraint, tokenizer: PreTrainedTokenizerBase
) -> None:
    scores = torch.zeros(1, len(tokenizer))
    scores[0, [tokenizer.pad_token_id, tokenizer.unk_token_id]] = 5.0
    assert (
        not constraint(torch.tensor([[0]]), scores)[
            0, [tokenizer.pad_token_id, tokenizer.unk_token_id]
        ]
        .isfinite()
        .any()
    )


def test_each_beam_has_its_own_text(
    constraint: NameConstraint, tokenizer: PreTrainedTokenizerBase
) -> None:
    token = spell(tokenizer, "er")[0]
    rows = [spell(tokenizer, "SELECT sing"), spell(tokenizer, "SELECT capacity")]
    width = max(map(len, rows))
    scores = torch.zeros(2, len(tokenizer))
    scores[:, token] = 5.0
    kept = constraint(
        torch.tensor([[0, *[spell(tokenizer, " ")[0]] * (width - len(row)), *row] for row in rows]),
        scores,
    )
    assert kept[0, token].isfinite() and not kept[1, token].isfinite()
