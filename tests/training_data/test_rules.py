"""Every rule against its golden file: its drafts for one catalog, in each of the four dialects.

After an intended change run `python tests/training_data/test_rules.py`, and read the difference
before you commit it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlglot

from schemas import FullCatalog
from training_data.drafts import Draft
from training_data.language.subjects import Database
from training_data.language.words import normalise
from training_data.rules import RULES, Rule

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures" / "training_data"
DIALECTS = ("sqlite", "duckdb", "postgres", "mysql")
Concerts = Callable[[str], FullCatalog]


def drafts_of(rule: Rule, database: Database) -> Iterator[Draft]:
    for subject in database.subjects():
        yield from rule(database, subject)


def rendered(rule: Rule, concerts: Concerts) -> str:
    """Return a golden file: the rule's docstring, then SQL and wordings of every draft.

    SQL that is the same in all dialects stands there once.
    """
    databases = [Database(concerts(dialect)) for dialect in DIALECTS]
    lines = [f"# {rule.__name__}: {(rule.__doc__ or '').splitlines()[0]}"]
    for subjects in zip(*(database.subjects() for database in databases), strict=True):
        drafts = []
        for database, subject in zip(databases, subjects, strict=True):
            drafts.append(list(rule(database, subject)))
        for versions in zip(*drafts, strict=True):
            texts = []
            for database, version in zip(databases, versions, strict=True):
                texts.append(database.sql.text(version.sql))
            wordings = [f"  {wording}" for wording in versions[0].wordings]
            lines += ["", *_titled(texts), *wordings]
    return "\n".join(lines) + "\n"


def _titled(texts: list[str]) -> Iterator[str]:
    """Yield each different text, with its dialects in front unless it is that of all."""
    for text in dict.fromkeys(texts):
        dialects = []
        for dialect, other in zip(DIALECTS, texts, strict=True):
            if other == text:
                dialects.append(dialect)
        yield text if len(dialects) == len(DIALECTS) else f"[{' '.join(dialects)}] {text}"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_golden(rule: Rule, concerts: Concerts) -> None:
    golden = FIXTURES / "rules" / f"{rule.__name__}.txt"
    assert rendered(rule, concerts) == golden.read_text("utf-8")


def test_every_golden_file_has_its_rule() -> None:
    files = {path.stem for path in (FIXTURES / "rules").iterdir()}
    assert files == {rule.__name__ for rule in RULES}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_text_is_what_sqlglot_writes_again(dialect: str, concerts: Concerts) -> None:
    """Parsing and writing the SQL, as the guard does, must not change it.

    Otherwise the memorised text and the answered text would differ.
    """
    database = Database(concerts(dialect))
    for rule in RULES:
        for draft in drafts_of(rule, database):
            text = database.sql.text(draft.sql)
            assert sqlglot.transpile(text, read=dialect, write=dialect) == [text]


def test_three_to_seven_different_wordings(
    concerts: Concerts, bookshop_catalog: FullCatalog
) -> None:
    for catalog in (concerts("sqlite"), bookshop_catalog):
        database = Database(catalog)
        drafts: list[Draft] = []
        for rule in RULES:
            drafts += drafts_of(rule, database)
        assert len(drafts) > 100
        for draft in drafts:
            assert 3 <= len(draft.wordings) <= 7
            assert len({normalise(wording) for wording in draft.wordings}) == len(draft.wordings)
            for wording in draft.wordings:
                assert "_" not in wording
                assert "  " not in wording
                assert wording.strip() == wording


@pytest.mark.parametrize(
    "name",
    ["rows_across", "count_across", "rows_of_ancestor", "parents_with_both", "share_of_value"],
)
def test_rules_over_several_tables_give_drafts_for_the_bookshop(
    name: str, bookshop_catalog: FullCatalog
) -> None:
    """The concerts have no table that links two others with names."""
    rule = next(rule for rule in RULES if rule.__name__ == name)
    drafts = list(drafts_of(rule, Database(bookshop_catalog)))
    assert drafts
    if name.endswith(("across", "ancestor")):
        for draft in drafts:
            assert len(list(draft.sql.find_all(sqlglot.exp.Join))) >= 2


def test_keys_are_never_measured(concerts: Concerts) -> None:
    database = Database(concerts("sqlite"))
    measured = {column.name for subject in database.subjects() for column in subject.measures}
    assert measured == {"net_worth", "Seat Count", "tickets", "stars"}


def test_a_comment_gives_the_meaning_of_a_code(concerts: Concerts) -> None:
    database = Database(concerts("duckdb"))
    rule = next(rule for rule in RULES if rule.__name__ == "count_with_value")
    wordings = [draft.wordings[0] for draft in rule(database, database.subject("singer"))]
    assert "How many pop singers are there?" in wordings


if __name__ == "__main__":
    catalog = FullCatalog.read(FIXTURES / "concerts.json")
    for each in RULES:
        text = rendered(each, lambda dialect: dataclasses.replace(catalog, dialect=dialect))
        (FIXTURES / "rules" / f"{each.__name__}.txt").write_text(text, "utf-8")
