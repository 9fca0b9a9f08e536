"""The reverse direction, from SQL to a question: the bundled model with a special first source
token.

The source is the pointer form with names in place of pointers. Its literals can be pointed at, so
that values are copied whole; everything else is spelled. `asked` makes training examples, `ask`
samples questions, and `chances` scores how well a question fits.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import LogitsProcessor, LogitsProcessorList

from mome.backbones.bundled.inputs import EncodedSlice, SliceReader, collate
from mome.backbones.bundled.model import BundledModel
from mome.backbones.bundled.plain_form import Token, tidy
from mome.backbones.bundled.pointer_form import PointerForm
from mome.backbones.bundled.tokens import (
    END,
    RAW,
    START,
    OutputVocabulary,
    plain_tokens,
    split_form,
)
from mome.errors import NotExpressible
from mome.linking.names import name_words

LONGEST_QUESTION = 80
"""Maximum number of tokens of a question."""
# Maximum number of tokens by which a question is scored.
LONGEST_ECHO = 160
# Sampling temperature; below 1, so that questions differ and remain fluent.
TEMPERATURE = 0.8

Form = Sequence[Token]
"""Tokens of a pointer form or of plain SQL; pointers are written as names."""


def named_form(sql: str, form: PointerForm) -> tuple[Token, ...]:
    """Return the form of SQL over the form's slice, or its plain tokens. Raises NotExpressible if
    there is neither.
    """
    items = form.slice.items
    try:
        tokens = split_form(form.encode(sql))
    except NotExpressible:
        tokens = plain_tokens(tidy(sql, form.catalog.dialect), form)
    return tuple(
        (kind, items[int(token[1:])].name if kind == "pointer" else token) for kind, token in tokens
    )


@dataclass(frozen=True)
class AskedSql:
    """SQL as the model reads it to ask for it."""

    source: EncodedSlice
    literals: tuple[str, ...]
    """What the question may point at, in the order of `source.positions`."""


def statement(form: Form, reader: SliceReader) -> AskedSql:
    """Return the source of a form."""
    parts = [
        (_words(kind, token), kind in ("string", "number"))
        for kind, token in form
        if kind != "plain"
    ]
    literals = tuple(text for text, is_literal in parts if is_literal)
    return AskedSql(reader.statement(parts), literals)


def _words(kind: str, token: str) -> str:
    if kind == "pointer":
        table, _, column = token.rpartition(".")
        return " of ".join(" ".join(name_words(name)) for name in (column, table) if name)
    return token[1:-1].replace("''", "'").strip("%") if kind == "string" else token.lower()


def asked(
    question: str, form: Form, reader: SliceReader, vocabulary: OutputVocabulary
) -> tuple[EncodedSlice, list[int]]:
    """Return a training example: the source and the ids of `question`, with pointers at the
    literals that it contains.
    """
    read = statement(form, reader)
    said: list[tuple[int, int, int]] = []
    for index, literal in enumerate(read.literals):
        if read.source.positions[index] < 0:
            continue
        pattern = rf"(?<!\w){re.escape(literal)}(?!\w)"
        places = (
            ((m.start(), m.end()) for m in re.finditer(pattern, question, re.IGNORECASE))
            if literal
            else ()
        )
        place = next(
            (p for p in places if all(p[1] <= first or last <= p[0] for first, last, _ in said)),
            None,
        )
        if place is not None:
            said.append((*place, index))
    ids, at = [RAW], 0
    for first, last, index in sorted(said):
        ids += [*vocabulary.spell(question[at:first]), vocabulary.size + index]
        at = last
    return read.source, [*ids, *vocabulary.spell(question[at:]), END]


def asked_batch(
    rows: Sequence[tuple[str, Form]], reader: SliceReader, vocabulary: OutputVocabulary
) -> dict[str, Tensor]:
    """Return padded inputs with `labels` (b, s) of questions and their forms; long questions are
    truncated.
    """
    read = [asked(question, form, reader, vocabulary) for question, form in rows]
    labels = [ids[:LONGEST_ECHO] for _, ids in read]
    longest = max(map(len, labels))
    padded = torch.tensor([ids + [-100] * (longest - len(ids)) for ids in labels])
    return {**collate([source for source, _ in read], reader.pad), "labels": padded}


@torch.no_grad()
def chances(
    question: str,
    forms: Sequence[Form],
    model: BundledModel,
    reader: SliceReader,
    vocabulary: OutputVocabulary,
) -> list[float]:
    """Return the log-probability of `question` (its start if it is long) given each form."""
    batch = asked_batch([(question, form) for form in forms], reader, vocabulary)
    labels = batch["labels"]
    found = model(**batch).logits.float().log_softmax(-1)
    chosen = found.gather(2, labels.clamp(min=0).unsqueeze(2)).squeeze(2)
    return chosen.masked_fill(labels == -100, 0.0)[:, 1:].sum(1).tolist()


class _Questions(LogitsProcessor):
    """Masks everything but word pieces, the end, and pointers at the literals of each statement."""

    def __init__(
        self, vocabulary: OutputVocabulary, statements: Sequence[AskedSql], width: int
    ) -> None:
        mask = torch.zeros(len(statements), width, dtype=torch.bool)
        mask[:, vocabulary.first_piece : vocabulary.size] = True
        mask[:, END] = True
        for row, read in zip(mask, statements, strict=True):
            for index, position in enumerate(read.source.positions):
                row[vocabulary.size + index] = position >= 0
        self._mask = mask

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        """Return the scores (b, v) with -inf for tokens that no question holds."""
        return scores.masked_fill(~self._mask, float("-inf"))


@torch.no_grad()
def ask(
    forms: Sequence[Form],
    model: BundledModel,
    reader: SliceReader,
    vocabulary: OutputVocabulary,
    *,
    seed: int,
) -> list[str]:
    """Sample a question for each form; the same seed gives the same questions."""
    statements = [statement(form, reader) for form in forms]
    inputs = collate([read.source for read in statements], reader.pad)
    begin = torch.tensor([[START, RAW]]).expand(len(forms), -1)
    width = model.config.output_size + model.config.max_items
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(seed)
        rows = model.generate(
            **inputs,
            decoder_input_ids=begin,
            do_sample=True,
            temperature=TEMPERATURE,
            top_p=0.95,
            max_new_tokens=LONGEST_QUESTION,
            logits_processor=LogitsProcessorList([_Questions(vocabulary, statements, width)]),
        )
    return [
        question_text(row[2:], read, vocabulary)
        for row, read in zip(rows.tolist(), statements, strict=True)
    ]


def question_text(ids: Sequence[int], read: AskedSql, vocabulary: OutputVocabulary) -> str:
    """Return the question after `<raw>`, up to its end."""
    text, run = "", []
    for token in ids[: ids.index(END)] if END in ids else ids:
        if token >= vocabulary.size:
            text, run = text + vocabulary.read(run) + read.literals[token - vocabulary.size], []
        else:
            run.append(token)
    return (text + vocabulary.read(run)).strip()
