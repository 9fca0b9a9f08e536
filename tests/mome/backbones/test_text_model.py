"""Any transformers model as a backbone: tiny random T5, Llama and a chat model, saved and loaded as
people's models are.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import torch
from transformers import T5ForConditionalGeneration

from mome.backbones.base import Candidate, Prompt
from mome.backbones.loading import load, load_text_model
from mome.backbones.text_model import TextBackbone, describe
from mome.errors import BackboneError, NotExpressible
from mome.linking.slice import Linker
from mome.memory import Memory, MemoryConfig

KINDS = ["t5", "llama", "chat"]
QUESTIONS = ["how many singers", "names of singers from France older than 20", "pop songs"]
ANSWERS = [
    "SELECT COUNT(*) FROM singer",
    "SELECT name FROM singer WHERE country = 'France' AND age = 20",
    "SELECT title FROM song LIMIT 3",
]


@pytest.fixture(scope="module", autouse=True)
def unrounded() -> Iterator[None]:
    """Keep keys and values as they are computed, to compare them closely."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mome.backbones.prompt_reading.UPPER_TYPE", torch.float32)
        yield


@pytest.fixture(scope="module", params=KINDS)
def backbone(request: pytest.FixtureRequest, text_folders: dict[str, Path]) -> TextBackbone:
    return load_text_model(text_folders[request.param])


@pytest.fixture(scope="module")
def prompts(backbone: TextBackbone, linker: Linker) -> list[Prompt]:
    return [backbone.prepare(linker.slice(question), linker) for question in QUESTIONS]


def test_a_prompt_holds_the_slice_the_dialect_and_the_question(
    backbone: TextBackbone, prompts: list[Prompt]
) -> None:
    text = backbone.tokenizer.decode(prompts[1].data).replace("<unk>", ">")
    assert "for sqlite" in text and QUESTIONS[1] in text and describe(prompts[1].slice) in text
    assert "country TEXT in ('France')" in text and "keys: singer_id -> singer(id)" in text
    chat = backbone.tokenizer.chat_template is not None
    assert text.startswith("<|user|>") == chat and text.endswith("<|assistant|>") == chat


@torch.no_grad()
def test_logits_and_targets_are_aligned_so_that_their_loss_is_the_model_s(
    backbone: TextBackbone, prompts: list[Prompt]
) -> None:
    losses = []
    for prompt, answer in zip(prompts, ANSWERS, strict=True):
        logits, targets = backbone.answer_logits(backbone.batch([prompt], [answer]))
        kept = targets != -100
        losses.append(torch.nn.functional.cross_entropy(logits[kept], targets[kept]))
        assert targets[kept].tolist() == backbone._answer(answer)
        torch.testing.assert_close(
            losses[-1], own_loss(backbone, prompt, answer), rtol=1e-4, atol=1e-5
        )
    logits, targets = backbone.answer_logits(backbone.batch(prompts, ANSWERS))
    for row, loss in enumerate(losses):
        kept = targets[row] != -100
        torch.testing.assert_close(
            torch.nn.functional.cross_entropy(logits[row][kept], targets[row][kept]),
            loss,
            rtol=1e-4,
            atol=1e-5,
        )


def own_loss(backbone: TextBackbone, prompt: Prompt, answer: str) -> torch.Tensor:
    """What transformers computes from `labels`."""
    target = backbone._answer(answer)
    if isinstance(backbone.model, T5ForConditionalGeneration):
        return backbone.model(
            input_ids=torch.tensor([prompt.data]), labels=torch.tensor([target])
        ).loss
    ids = torch.tensor([[*prompt.data, *target]])
    labels = ids.clone()
    labels[0, : len(prompt.data)] = -100
    return backbone.model(input_ids=ids, labels=labels).loss


@torch.no_grad()
def test_the_trunk_is_computed_once_and_changes_nothing(
    backbone: TextBackbone, prompts: list[Prompt]
) -> None:
    batch = backbone.batch(prompts, ANSWERS)
    trunk = backbone.trunk(batch)
    assert "states" in trunk.tensors and "states" not in batch.tensors
    (whole, targets), (again, _) = backbone.answer_logits(batch), backbone.answer_logits(trunk)
    torch.testing.assert_close(again, whole)
    some, rows = backbone.answer_logits(backbone.select(trunk, [2, 1]))
    torch.testing.assert_close(some, whole[[2, 1]])
    assert torch.equal(rows, targets[[2, 1]])


def test_a_question_s_state_does_not_depend_on_its_neighbours(backbone: TextBackbone) -> None:
    together = backbone.question_state([*QUESTIONS, "and " * 60])
    assert together.shape == (4, backbone.question_size)
    for row, question in enumerate(QUESTIONS):
        torch.testing.assert_close(
            backbone.question_state([question])[0], together[row], rtol=1e-4, atol=1e-5
        )
    assert not torch.allclose(together[0], together[1])


def test_memory_modules_are_the_last_feed_forward_outputs(backbone: TextBackbone) -> None:
    expected = (
        "decoder.block.1.layer.2.DenseReluDense.wo"
        if backbone.seq2seq
        else "model.layers.2.mlp.down_proj"
    )
    assert backbone.memory_modules() == (expected,)


def test_memory_modules_keep_their_names_under_a_memory(text_folders: dict[str, Path]) -> None:
    backbone = load_text_model(text_folders["llama"])
    names = backbone.memory_modules()
    memory = Memory.create(
        backbone, MemoryConfig(), [["how many singers", "count singers"], ["pop songs"]]
    )
    memory.attach()
    assert backbone.memory_modules() == names
    memory.detach()
    assert all(isinstance(backbone.model.get_submodule(name), torch.nn.Linear) for name in names)


def test_a_model_without_known_modules_is_refused(
    backbone: TextBackbone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mome.memory.experts.target_modules.DOWN", ("nothing",))
    other = object.__new__(type(backbone))
    other.model, other.seq2seq = backbone.model, backbone.seq2seq
    with pytest.raises(BackboneError, match="feed-forward"):
        other.memory_modules()


def names_of(answer: str) -> set[str]:
    text = re.sub(r"'(?:[^']|'')*'?", "", answer)
    return {word.lower() for word in re.findall(r"[^\W\d][\w$]*", text)} - {
        w.lower() for w in re.findall(r"\bAS\s+(\w+)", text, re.I)
    }


@pytest.mark.parametrize("beams", [1, 3])
def test_only_names_of_the_slice_are_written(
    backbone: TextBackbone, linker: Linker, beams: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mome.backbones.text_model.LONGEST_ANSWER", 14)
    slice_ = linker.slice("how many singers")
    foreign = {"banana", "customer", "usr", "netherlands"}
    prompt = backbone.prepare(slice_, linker)
    found = backbone.generate([prompt, prompt], beams=beams)
    assert found[0] == found[1] and 1 <= len(found[0]) <= beams
    assert [c.score for c in found[0]] == sorted((c.score for c in found[0]), reverse=True)
    for candidate in found[0]:
        assert (
            isinstance(candidate, Candidate)
            and 0 <= candidate.probability <= 1
            and candidate.score <= 0
        )
        assert not names_of(candidate.answer or "") & foreign


def whole_logits(
    backbone: TextBackbone, prompt: Prompt, answer: str
) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits and targets, with gradients to all weights."""
    if backbone.seq2seq:
        return backbone.answer_logits(backbone.batch([prompt], [answer]))
    target = backbone._answer(answer)
    ids = torch.tensor([[*prompt.data, *target]])
    return backbone.model(input_ids=ids).logits[:, len(prompt.data) - 1 : -1], torch.tensor(
        [target]
    )


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_learned_is_decoded_with_its_probability(
    text_folders: dict[str, Path],
    linker: Linker,
    kind: str,
    fit: Callable[..., None],
) -> None:
    backbone = load_text_model(text_folders[kind])
    prompt = backbone.prepare(linker.slice(QUESTIONS[0]), linker)
    for answer in (ANSWERS[0], "NONE"):
        whole = partial(whole_logits, backbone, prompt, answer)
        fit(backbone.model, whole, 1e-2)
        # What was read of the prompt is kept, because a backbone's model does not change.
        backbone = type(backbone)(backbone.tokenizer, backbone.model, "")
        logits, targets = backbone.answer_logits(backbone.batch([prompt], [answer]))
        kept = targets[0] != -100
        logs = logits[0][kept].log_softmax(-1).gather(1, targets[0][kept].unsqueeze(1))
        for beams in (1, 2):
            best = backbone.generate([prompt], beams=beams)[0][0]
            assert best.answer == (None if answer == "NONE" else answer)
            assert best.score == pytest.approx(logs.mean().item(), rel=1e-2, abs=1e-4)
            assert (
                best.probability == pytest.approx(logs.sum().exp().item(), rel=1e-2)
                and best.probability > 0.5
            )


def test_a_model_s_habits_of_sampling_do_not_reach_the_answers(
    text_folders: dict[str, Path],
    linker: Linker,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("mome.backbones.text_model.LONGEST_ANSWER", 12)
    folder = tmp_path / "model"
    shutil.copytree(text_folders["llama"], folder)
    habits = json.loads((folder / "generation_config.json").read_text())
    habits |= {
        "repetition_penalty": 9.0,
        "do_sample": True,
        "temperature": 5.0,
        "top_p": 0.5,
        "no_repeat_ngram_size": 1,
    }
    (folder / "generation_config.json").write_text(json.dumps(habits))
    plain, other = load_text_model(text_folders["llama"]), load_text_model(folder)
    for question in QUESTIONS:
        prompts = [backbone.prepare(linker.slice(question), linker) for backbone in (plain, other)]
        assert plain.generate(prompts[:1]) == other.generate(prompts[1:])


def test_an_answer_that_the_vocabulary_cannot_spell_is_not_expressible(
    text_folders: dict[str, Path], linker: Linker
) -> None:
    sql = "SELECT name FROM singer WHERE age < 20"
    for kind, spelled in (("t5", False), ("llama", True)):
        backbone = load_text_model(text_folders[kind])
        prompt = backbone.prepare(linker.slice("young singers"), linker)
        if spelled:
            assert backbone.batch([prompt], [sql])
        else:
            with pytest.raises(NotExpressible, match="spell"):
                backbone.batch([prompt], [sql])


def test_an_answer_that_is_too_long_is_not_expressible(
    backbone: TextBackbone, prompts: list[Prompt]
) -> None:
    with pytest.raises(NotExpressible, match="longer"):
        backbone.batch(prompts[:1], ["SELECT " + ", ".join(["zebra"] * 400)])


def test_the_canonical_sql_is_the_sql_itself(backbone: TextBackbone, linker: Linker) -> None:
    assert (
        backbone.canonical(" SELECT T1.name FROM singer AS T1\n", linker)
        == "SELECT T1.name FROM singer AS T1"
    )


def test_a_comment_is_described_and_cannot_end_itself(make_table, make_catalog) -> None:
    table = make_table("kna1", "f29 text")
    told = replace(table.columns[0], comment="Street */ DROP\nof the customer")
    linker = Linker(make_catalog(replace(table, columns=(told,), comment="Customers")))
    text = describe(linker.slice("street of customers"))
    assert text == "kna1(f29 TEXT /* Street * / DROP of the customer */) /* Customers */"


def test_a_slice_is_described_with_its_schema_and_composite_keys(
    make_linker: Callable[..., Linker],
) -> None:
    text = describe(make_linker().slice("performance of singers at a concert"))
    line = (
        "performance(concert_id INTEGER, singer_id INTEGER) keys: concert_id -> concert(id); "
        "singer_id -> singer(id)"
    )
    assert line in text.splitlines()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:300])


@pytest.mark.parametrize(
    ("name", "harm"),
    [
        ("model.safetensors", cut),
        ("model.safetensors", Path.unlink),
        ("config.json", cut),
        ("config.json", Path.unlink),
        ("tokenizer.json", cut),
    ],
)
def test_a_broken_model_is_one_clear_line(
    text_folders: dict[str, Path], tmp_path: Path, name: str, harm: Callable[[Path], None]
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(text_folders["llama"], folder)
    harm(folder / name)
    with pytest.raises(BackboneError) as caught:
        load(str(folder))
    assert str(folder) in str(caught.value) and "\n" not in str(caught.value)


def test_only_a_chat_model_is_asked_for_questions(backbone: TextBackbone, linker: Linker) -> None:
    first, again, other = (backbone.questions(ANSWERS, linker, seed=seed) for seed in (1, 1, 2))
    assert first == again and len(first) == len(ANSWERS)
    if backbone.tokenizer.chat_template is None:
        assert first == other == [""] * len(ANSWERS)
    else:
        assert first != other and not any("\n" in question for question in first)


def test_words_have_unit_vectors_of_their_pieces(backbone: TextBackbone) -> None:
    vectors = backbone.word_vectors(["name", "age", "name"])
    assert vectors.shape == (3, backbone.question_size) and torch.equal(vectors[0], vectors[2])
    torch.testing.assert_close(vectors.norm(dim=1), torch.ones(3))
