"""The bundled model behind the backbone's interface: batches, the trunk, greedy and beam decoding,
files that are broken.
"""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlglot
import torch
from safetensors.torch import load_file, save_file
from torch.nn import functional

from mome.backbones.base import Prompt
from mome.backbones.bundled.backbone import LONGEST_ANSWER, BundledBackbone
from mome.backbones.bundled.tokens import END, NONE, RAW
from mome.backbones.loading import load
from mome.errors import BackboneError, NotExpressible
from mome.linking.slice import Linker

QUESTIONS = [
    "how many singers",
    "names of singers from France older than twenty",
    "which stadium has the largest capacity in Paris",
    "pop songs",
]
ANSWERS = [
    "SELECT COUNT(*) FROM singer",
    "SELECT name FROM singer WHERE country = 'France' AND age > 20",
    "SELECT name FROM stadium WHERE city = 'Paris' ORDER BY capacity DESC LIMIT 1",
    "SELECT upper(title) -- spelled \N{SNOWMAN}",
]


@pytest.fixture(scope="module")
def backbone(bundled_folder: Path) -> BundledBackbone:
    return BundledBackbone(bundled_folder)


@pytest.fixture(scope="module")
def prompts(backbone: BundledBackbone, linker: Linker) -> list[Prompt]:
    return [backbone.prepare(linker.slice(question), linker) for question in QUESTIONS]


def targets(backbone: BundledBackbone, prompt: Prompt, answer: str) -> list[int]:
    labels = backbone.batch([prompt], [answer]).tensors["labels"][0]
    return labels[labels != -100].tolist()


def test_a_model_is_recognised_by_its_configuration(bundled_folder: Path, tmp_path: Path) -> None:
    assert BundledBackbone.recognises(bundled_folder) and not BundledBackbone.recognises(tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "llama"}')
    assert not BundledBackbone.recognises(tmp_path)
    (tmp_path / "config.json").write_text("{")
    assert not BundledBackbone.recognises(tmp_path)


def test_answers_are_pointers_where_these_give_them_back(
    backbone: BundledBackbone, prompts: list[Prompt]
) -> None:
    for prompt, answer in zip(prompts, ANSWERS, strict=True):
        ids = targets(backbone, prompt, answer)
        assert ids[-1] == END and (ids[0] == RAW) == ("--" in answer)
        assert backbone.vocabulary.decode(ids, prompt.data.form) == answer


@pytest.mark.parametrize(
    "answer",
    [
        "SELECT COUNT( * ) FROM singer",
        "SELECT COUNT(*) AS n FROM singer",
        "SELECT SUM(name) FROM singer",
        "SELECT name FROM singer WHERE country = 'france'",
        "SELECT RANK() OVER (ORDER BY age) FROM singer",
    ],
)
def test_what_pointers_would_change_is_spelled(
    backbone: BundledBackbone, prompts: list[Prompt], answer: str
) -> None:
    ids = targets(backbone, prompts[1], answer)
    assert ids[0] == RAW and backbone.vocabulary.decode(ids, prompts[1].data.form) == answer


def test_an_answer_that_is_too_long_is_not_expressible(
    backbone: BundledBackbone, prompts: list[Prompt]
) -> None:
    pointed = "SELECT " + ", ".join(["name"] * (LONGEST_ANSWER // 2 + 5)) + " FROM singer"
    for answer in ("SELECT " + " + ".join(["zebra"] * 400), pointed):
        with pytest.raises(NotExpressible, match=str(LONGEST_ANSWER)):
            backbone.batch(prompts[:1], [answer])


def test_what_cannot_be_written_is_impossible(
    backbone: BundledBackbone, prompts: list[Prompt]
) -> None:
    assert backbone.log_prob(prompts[0], "SELECT " + " + ".join(["zebra"] * 400)) == -math.inf


@torch.no_grad()
def test_logits_and_targets_are_aligned_so_that_their_loss_is_the_model_s(
    backbone: BundledBackbone, prompts: list[Prompt]
) -> None:
    batch = backbone.batch(prompts, ANSWERS)
    logits, labels = backbone.answer_logits(batch)
    loss = functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=-100)
    assert torch.allclose(loss, backbone.model(**batch.tensors).loss)


@torch.no_grad()
def test_the_trunk_is_computed_once_and_changes_nothing(
    backbone: BundledBackbone, prompts: list[Prompt]
) -> None:
    batch = backbone.batch(prompts, ANSWERS)
    trunk = backbone.trunk(batch)
    assert "input_ids" not in trunk.tensors
    assert torch.equal(backbone.answer_logits(trunk)[0], backbone.answer_logits(batch)[0])
    logits, labels = backbone.answer_logits(backbone.select(trunk, [2, 0]))
    torch.testing.assert_close(
        logits, backbone.answer_logits(trunk)[0][[2, 0]]
    )  # a smaller batch may be summed in another order
    assert torch.equal(labels, batch.tensors["labels"][[2, 0]])


def test_the_memory_s_modules_lie_above_the_trunk(
    backbone: BundledBackbone, prompts: list[Prompt]
) -> None:
    batch = backbone.batch(prompts, ANSWERS)
    called = []
    modules = [backbone.model.get_submodule(name) for name in backbone.memory_modules()]
    hooks = [module.register_forward_hook(lambda *_: called.append(1)) for module in modules]
    backbone.trunk(batch)
    assert not called and modules
    backbone.answer_logits(backbone.trunk(batch))
    assert len(called) == len(modules) and all(
        isinstance(module, torch.nn.Linear) for module in modules
    )
    for hook in hooks:
        hook.remove()


def test_a_question_s_state_does_not_depend_on_its_neighbours(backbone: BundledBackbone) -> None:
    together = backbone.question_state([*QUESTIONS, "singer " * 100])
    assert together.shape == (5, backbone.question_size)
    for row, question in enumerate(QUESTIONS):
        torch.testing.assert_close(
            backbone.question_state([question])[0], together[row], rtol=1e-5, atol=1e-5
        )
    assert not torch.allclose(together[0], together[1])


@pytest.mark.parametrize("beams", [1, 3])
def test_a_batch_decodes_as_its_prompts_alone(
    backbone: BundledBackbone, prompts: list[Prompt], beams: int
) -> None:
    together = backbone.generate(prompts, beams=beams)
    for prompt, found in zip(prompts, together, strict=True):
        alone = backbone.generate([prompt], beams=beams)[0]
        assert [c.answer for c in alone] == [c.answer for c in found]
        assert [c.score for c in alone] == pytest.approx([c.score for c in found], rel=1e-3)


@pytest.mark.parametrize("beams", [1, 4])
def test_candidates_are_different_and_best_first(
    backbone: BundledBackbone, prompts: list[Prompt], beams: int
) -> None:
    for found in backbone.generate(prompts, beams=beams):
        assert len({c.answer for c in found}) == len(found) <= beams
        assert [c.score for c in found] == sorted((c.score for c in found), reverse=True)
        assert all(candidate.score < 0 and 0 <= candidate.probability <= 1 for candidate in found)


def test_what_was_learned_is_decoded_with_its_probability(
    make_bundled: Callable[..., Path],
    linker: Linker,
    tmp_path: Path,
    # fmt: skip
    fit: Callable[..., None],
) -> None:
    backbone = BundledBackbone(make_bundled(tmp_path, std=0.05))
    prompts = [backbone.prepare(linker.slice(question), linker) for question in QUESTIONS]
    answers = [*ANSWERS[:2], None, "SELECT hex(title)"]
    batch = backbone.batch(
        prompts, [answer or "SELECT 1 FROM singer" for answer in answers]
    ).tensors
    batch["labels"][2] = -100
    batch["labels"][2, :2] = torch.tensor([NONE, END])
    fit(backbone.model, lambda: (backbone.model(**batch).logits, batch["labels"]), 3e-3)
    for beams in (1, 4):
        best = [found[0] for found in backbone.generate(prompts, beams=beams)]
        assert [candidate.answer for candidate in best] == answers
        assert min(candidate.probability for candidate in best) > 0.5
        for prompt, candidate in zip(prompts, best, strict=True):
            if candidate.answer is not None:
                logits, labels = backbone.answer_logits(
                    backbone.batch([prompt], [candidate.answer])
                )
                logs = logits[0].log_softmax(-1).gather(1, labels[0].unsqueeze(1))
                assert logs.mean().item() == pytest.approx(candidate.score, rel=1e-3, abs=1e-5)
                assert logs.sum().exp().item() == pytest.approx(candidate.probability, rel=1e-3)
                log_prob = backbone.log_prob(prompt, candidate.answer)
                assert math.exp(log_prob) == pytest.approx(candidate.probability, rel=1e-3)


def test_answers_of_a_random_model_parse(
    make_bundled: Callable[..., Path],
    linker: Linker,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("mome.backbones.bundled.backbone.LONGEST_ANSWER", 40)
    # A random model finds all of its answers unlikely.
    monkeypatch.setattr("mome.backbones.bundled.grammar.HOPELESS", float("-inf"))
    parsed = 0
    for seed in range(8):
        backbone = BundledBackbone(make_bundled(tmp_path / str(seed), seed))
        # Names have no bias: a query without any reads no table.
        backbone.model.bias[:] = -2
        backbone.model.bias[[RAW, NONE]] = -100
        prompts = [backbone.prepare(linker.slice(question), linker) for question in QUESTIONS]
        for candidate in (
            candidate for found in backbone.generate(prompts, beams=3) for candidate in found
        ):
            if candidate.answer is not None:
                assert isinstance(
                    sqlglot.parse_one(candidate.answer, dialect="sqlite"), sqlglot.exp.Query
                )
                parsed += 1
    assert parsed > 3


def test_the_canonical_sql_has_no_aliases_but_where_it_has_no_form(
    backbone: BundledBackbone, linker: Linker
) -> None:
    sql = "SELECT T1.name FROM singer AS T1 JOIN song AS T2 ON T1.id = T2.singer_id"
    assert (
        backbone.canonical(sql, linker)
        == "SELECT singer.name FROM singer JOIN song ON singer.id = song.singer_id"
    )
    assert (
        backbone.canonical("select a.NAME  from SINGER a, singer b", linker)
        == "SELECT singer.name FROM singer CROSS JOIN singer AS singer_2"
    )
    for kept in ("SELECT name AS name FROM (", "SELECT 1"):
        assert backbone.canonical(kept, linker) == kept


def test_the_identity_is_that_of_configuration_and_weights(
    bundled_folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(bundled_folder, tmp_path / "copy")
    first = load(str(bundled_folder))
    assert (
        isinstance(first, BundledBackbone)
        and BundledBackbone(tmp_path / "copy").identity == first.identity
    )
    weights = load_file(tmp_path / "copy" / "model.safetensors")
    weights["bias"] = weights["bias"] + 1
    save_file(weights, tmp_path / "copy" / "model.safetensors", metadata={"format": "pt"})
    assert BundledBackbone(tmp_path / "copy").identity != first.identity


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:500])


def widen(path: Path) -> None:
    config = json.loads(path.read_text())
    path.write_text(json.dumps(config | {"d_model": 64}))


def drop_weight(path: Path) -> None:
    weights = load_file(path)
    del weights["head.weight"]
    save_file(weights, path, metadata={"format": "pt"})


BROKEN = [
    ("model.safetensors", Path.unlink),
    ("model.safetensors", cut),
    ("model.safetensors", drop_weight),
    ("tokenizer.json", Path.unlink),
    ("tokenizer.json", cut),
    ("pieces.json", cut),
    ("config.json", widen),
]


@pytest.mark.parametrize(
    ("name", "harm"), BROKEN, ids=[f"{name} {harm.__name__}" for name, harm in BROKEN]
)
def test_a_broken_model_is_one_clear_error(
    bundled_folder: Path, tmp_path: Path, name: str, harm: Callable[[Path], None]
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(bundled_folder, folder)
    harm(folder / name)
    with pytest.raises(BackboneError) as caught:
        BundledBackbone(folder)
    assert "install it again" in str(caught.value) and "\n" not in str(caught.value)


def test_words_have_unit_vectors_of_their_pieces(backbone: BundledBackbone) -> None:
    vectors = backbone.word_vectors(["singer", "song", "singer", "never seen before"])
    assert vectors.shape == (4, backbone.question_size) and torch.equal(vectors[0], vectors[2])
    torch.testing.assert_close(vectors.norm(dim=1), torch.ones(4))
    assert float(vectors[0] @ vectors[1]) < 0.9
