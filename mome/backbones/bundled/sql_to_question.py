"""The reverse direction, from SQL to a question: the bundled model with a special first source
token.

The source is the pointer form with names in place of pointers. Its literals can be pointed at, so
that values are copied whole; everything else is spelled. `encode_example` makes training examples,
`sample_questions` samples questions, and `question_log_probs` scores how well a question fits.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from mome.backbones.bundled.form_tokens import plain_tokens, split_form
from mome.backbones.bundled.inputs import EncodedSlice, SliceReader, collate
from mome.backbones.bundled.model import BundledModel
from mome.backbones.bundled.plain_form import Token, tidy
from mome.backbones.bundled.pointer_form import PointerForm
from mome.backbones.bundled.search import Steps, sample
from mome.backbones.bundled.tokens import END, RAW, START, OutputVocabulary
from mome.errors import NotExpressible
from mome.linking.names import name_words

LONGEST_QUESTION = 80
"""Maximum number of tokens of a question."""
# Maximum number of tokens by which a question is scored. Scores of candidates are compared, so
# that a common cut is harmless.
LONGEST_SCORED = 160
# Temperature below 1, so that questions differ and remain fluent. The distribution's tail holds
# broken words.
TEMPERATURE, TOP_K, TOP_P = 0.8, 50, 0.95
"""How questions are sampled; see `search.sample`."""

Form = Sequence[Token]
"""Tokens of a pointer form or of plain SQL; pointers are written as names."""


def named_form(sql: str, form: PointerForm) -> tuple[Token, ...]:
    """Return the form of SQL over the form's slice, or its plain tokens. Raises NotExpressible if
    there is neither.
    """
    try:
        tokens = split_form(form.encode(sql))
    except NotExpressible:
        tokens = plain_tokens(tidy(sql, form.catalog.dialect), form)
    named = []
    for kind, token in tokens:
        text = form.slice.items[int(token[1:])].name if kind == "pointer" else token
        named.append((kind, text))
    return tuple(named)


@dataclass(frozen=True)
class SqlSource:
    """SQL as the model reads it to write its question."""

    source: EncodedSlice
    literals: tuple[str, ...]
    """What the question may point at, in the order of `source.positions`."""


def sql_source(form: Form, reader: SliceReader) -> SqlSource:
    """Return the source of a form."""
    parts = []
    for kind, token in form:
        if kind != "plain":
            parts.append((_words(kind, token), kind in ("string", "text", "period", "number")))
    literals = tuple(text for text, is_literal in parts if is_literal)
    return SqlSource(reader.statement(parts), literals)


def _words(kind: str, token: str) -> str:
    if kind == "pointer":
        table, _, column = token.rpartition(".")
        names = [" ".join(name_words(name)) for name in (column, table) if name]
        return " of ".join(names)
    if kind in ("string", "text", "period"):
        text = token[1:-1].replace("''", "'")
        return text.strip("%") if kind == "string" else text
    return token.lower()


def encode_example(
    question: str, form: Form, reader: SliceReader, vocabulary: OutputVocabulary
) -> tuple[EncodedSlice, list[int]]:
    """Return a training example: the source and the ids of `question`, with pointers at the
    literals that it contains.
    """
    read = sql_source(form, reader)
    found: list[tuple[int, int, int]] = []
    for index, literal in enumerate(read.literals):
        # What was cut off from the source cannot be pointed at.
        if not literal or read.source.positions[index] < 0:
            continue
        span = _free_span(literal, question, [(first, last) for first, last, _ in found])
        if span is not None:
            found.append((*span, index))
    ids, at = [RAW], 0
    for first, last, index in sorted(found):
        ids += [*vocabulary.spell(question[at:first]), vocabulary.size + index]
        at = last
    return read.source, [*ids, *vocabulary.spell(question[at:]), END]


def _free_span(
    literal: str, question: str, taken: Sequence[tuple[int, int]]
) -> tuple[int, int] | None:
    """Return where the question first contains the literal outside of the spans that are taken."""
    pattern = rf"(?<!\w){re.escape(literal)}(?!\w)"
    for match in re.finditer(pattern, question, re.IGNORECASE):
        start, end = match.span()
        if all(end <= first or last <= start for first, last in taken):
            return start, end
    return None


def collate_examples(
    rows: Sequence[tuple[str, Form]], reader: SliceReader, vocabulary: OutputVocabulary
) -> dict[str, Tensor]:
    """Return padded inputs with `labels` (b, s) of questions and their forms; long questions are
    truncated.
    """
    read = [encode_example(question, form, reader, vocabulary) for question, form in rows]
    labels = [ids[:LONGEST_SCORED] for _, ids in read]
    longest = max(map(len, labels))
    padded = torch.tensor([ids + [-100] * (longest - len(ids)) for ids in labels])
    return {**collate([source for source, _ in read], reader.pad), "labels": padded}


@torch.no_grad()
def question_log_probs(
    question: str,
    forms: Sequence[Form],
    model: BundledModel,
    reader: SliceReader,
    vocabulary: OutputVocabulary,
) -> list[float]:
    """Return the log-probability of `question` (its start if it is long) given each form."""
    batch = collate_examples([(question, form) for form in forms], reader, vocabulary)
    labels = batch["labels"]
    log_probs = model(**batch).logits.float().log_softmax(-1)
    chosen = log_probs.gather(2, labels.clamp(min=0).unsqueeze(2)).squeeze(2)
    # The first token, <raw>, only selects the direction.
    return chosen.masked_fill(labels == -100, 0.0)[:, 1:].sum(1).tolist()


class _QuestionMask:
    """Masks everything but word pieces, the end, and pointers at the literals of each statement."""

    def __init__(
        self, vocabulary: OutputVocabulary, statements: Sequence[SqlSource], width: int
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
def sample_questions(
    forms: Sequence[Form],
    model: BundledModel,
    reader: SliceReader,
    vocabulary: OutputVocabulary,
    *,
    seed: int,
) -> list[str]:
    """Sample a question for each form; the same seed gives the same questions."""
    statements = [sql_source(form, reader) for form in forms]
    inputs = collate([read.source for read in statements], reader.pad)
    begin = torch.tensor([[START, RAW]]).expand(len(forms), -1)
    mask = _QuestionMask(vocabulary, statements, model.config.vocab_size)
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(seed)
        rows = sample(
            Steps(model, inputs),
            mask,
            begin,
            longest=LONGEST_QUESTION,
            temperature=TEMPERATURE,
            top_k=TOP_K,
            top_p=TOP_P,
        )
    return [
        question_text(row[2:], read, vocabulary)
        for row, read in zip(rows.tolist(), statements, strict=True)
    ]


def question_text(ids: Sequence[int], read: SqlSource, vocabulary: OutputVocabulary) -> str:
    """Return the question after `<raw>`, up to its end."""
    text, run = "", []
    for token in ids[: ids.index(END)] if END in ids else ids:
        if token >= vocabulary.size:
            text, run = text + vocabulary.read(run) + read.literals[token - vocabulary.size], []
        else:
            run.append(token)
    return (text + vocabulary.read(run)).strip()
