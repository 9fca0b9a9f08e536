"""Constrain the bundled backbone to well-formed answers by masking logits during decoding."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import torch
from torch import Tensor

from mome.backbones.bundled.allowed_tokens import allowed
from mome.backbones.bundled.automaton import advance
from mome.backbones.bundled.grammar_state import BEGIN, OVER, State
from mome.backbones.bundled.literal_rules import LiteralRules
from mome.backbones.bundled.pointer_form import PointerForm
from mome.backbones.bundled.query_rules import QueryRules
from mome.backbones.bundled.said_literals import SaidLiterals
from mome.backbones.bundled.tokens import (
    END,
    NUMBER,
    QUOTES,
    START,
    OutputVocabulary,
)
from mome.catalog import is_numeric
from mome.forms.construct_slots import DATED, PERIODS
from mome.forms.stored import date_kind
from mome.linking.slice import Item

HOPELESS = -16.0
"""Log-probability below which a beam is ended. No answer below 1% is given. Where the rules refuse
all that is likely, the remaining beams would spell nonsense up to the longest answer.
"""


class Grammar:
    """Masks logits (b * beams, v) of tokens that cannot follow."""

    def __init__(
        self,
        vocabulary: OutputVocabulary,
        forms: Sequence[PointerForm],
        positions: Tensor,
        beams: int,
    ) -> None:
        self._vocabulary, self._beams = vocabulary, beams
        self._classes = [
            classes(vocabulary, form, row)
            for form, row in zip(forms, positions.tolist(), strict=True)
        ]
        # Thousands of tokens are of a few dozen classes.
        self._tokens = [_by_classes(found) for found in self._classes]
        self._rules = [LiteralRules(vocabulary, form) for form in forms]
        self._query_rules = [QueryRules(vocabulary, form) for form in forms]
        self._masks: dict[tuple[int, frozenset[str], int], Tensor] = {}
        self._ruled_masks: dict[tuple[object, ...], Tensor] = {}
        self._states: dict[tuple[int, ...], State] = {}
        self._following: dict[tuple[int, ...], tuple[float, Tensor]] = {}
        """Log-probability of each beam of the last step, and those of its next tokens."""

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        """Return the scores with -inf for tokens that cannot follow."""
        rows = input_ids.tolist()
        masks = []
        following: dict[tuple[int, ...], tuple[float, Tensor]] = {}
        for index, row in enumerate(rows):
            # The beams of one prompt stand in successive rows.
            prompt = index // self._beams
            ids = tuple(row[1:])
            total = self._total(prompt, ids)
            if total < HOPELESS:
                mask = torch.zeros(scores.shape[-1], dtype=torch.bool)
                mask[END] = True
            else:
                state = self._state(prompt, ids)
                mask = self._ruled(prompt, state, ids, self._mask(prompt, state, scores.shape[-1]))
            masks.append(mask)
            following[prompt, *ids] = (total, scores[index])
        self._following = following
        return scores.masked_fill(~torch.stack(masks), float("-inf"))

    def _total(self, prompt: int, ids: tuple[int, ...]) -> float:
        """Return the log-probability of a beam; 0 without beam search, whose scores are logits."""
        before = self._following.get((prompt, *ids[:-1]))
        if self._beams == 1 or not ids or before is None:
            return 0.0
        total, next_tokens = before
        return total + float(next_tokens[ids[-1]])

    def _state(self, prompt: int, ids: tuple[int, ...]) -> State:
        key = (prompt, *ids)
        if key not in self._states:
            self._states[key] = self._advanced(prompt, ids) if ids else BEGIN
        return self._states[key]

    def _advanced(self, prompt: int, ids: tuple[int, ...]) -> State:
        """Return the state after `ids`. A beam of probability zero may hold impossible tokens; it
        counts as finished.
        """
        before = self._state(prompt, ids[:-1])
        names = self._classes[prompt].get(ids[-1], ())
        if allowed(before).isdisjoint(names):
            return OVER
        return advance(before, names[-1], ids[-1] - self._vocabulary.size)

    def _ruled(self, prompt: int, state: State, ids: tuple[int, ...], mask: Tensor) -> Tensor:
        """Return the mask without the tokens that fit neither the compared column nor the query."""
        rules, query_rules = self._rules[prompt], self._query_rules[prompt]
        part = query_rules.part(state, ids)
        applies = rules.applies(state)
        if part is None and not applies:
            return mask
        # Beams often differ only in what these rules do not read.
        key = (prompt, allowed(state), part, *(rules.key(state, ids) if applies else ()))
        if key not in self._ruled_masks:
            ruled = mask.clone()
            tokens = mask.nonzero().squeeze(1).tolist()
            if applies:
                ruled[rules.refused(state, tokens, ids)] = False
            if part is not None:
                ruled[query_rules.refused(part, tokens)] = False
            # A dead end, such as a slot for a date where no table with dates can be joined.
            ruled[END] |= not ruled.any()
            self._ruled_masks[key] = ruled
        return self._ruled_masks[key]

    def _mask(self, prompt: int, state: State, width: int) -> Tensor:
        words = allowed(state)
        key = (prompt, words, width)
        if key not in self._masks:
            mask = torch.zeros(width, dtype=torch.bool)
            for names, tokens in self._tokens[prompt].items():
                if not words.isdisjoint(names):
                    mask[tokens] = True
            self._masks[key] = mask
        return self._masks[key]


def accepts(
    vocabulary: OutputVocabulary, form: PointerForm, positions: Sequence[int], ids: Sequence[int]
) -> bool:
    """Return whether the grammar accepts every token of an answer; `positions` as in `Source`."""
    known = classes(vocabulary, form, positions)
    rules, query_rules = LiteralRules(vocabulary, form), QueryRules(vocabulary, form)
    state = BEGIN
    for place, token in enumerate(ids):
        names = known.get(token, ())
        if allowed(state).isdisjoint(names):
            return False
        if rules.applies(state) and rules.refused(state, [token], ids[:place]):
            return False
        part = query_rules.part(state, ids[:place])
        if part is not None and query_rules.refused(part, [token]):
            return False
        state = advance(state, names[-1], token - vocabulary.size)
    return True


def classes(
    vocabulary: OutputVocabulary, form: PointerForm, positions: Sequence[int]
) -> dict[int, tuple[str, ...]]:
    """Return the classes of every token that can be written for this slice; `advance` reads the
    last one.
    """
    found: dict[int, tuple[str, ...]] = {
        token: (name,) for token, name in enumerate(vocabulary.names) if token != START
    }
    for token in range(vocabulary.first_piece):
        if vocabulary.names[token] in QUOTES:
            found[token] = (vocabulary.names[token], "quote")
    found[NUMBER] = ("number",)
    found |= dict.fromkeys(range(vocabulary.first_piece, vocabulary.size), ("piece",))
    for index, item in enumerate(form.slice.items):
        if index < len(positions) and positions[index] >= 0:
            found[vocabulary.size + index] = _pointer_classes(item, index, form)
    _mark_keys(found, vocabulary, form)
    for token in _without_arguments(vocabulary, form, found.values()):
        del found[token]
    for token, names in found.items():
        if names[-1] not in _SPECIAL:
            found[token] = ("plain", *names)
    return found


def _without_arguments(
    vocabulary: OutputVocabulary, form: PointerForm, known: Iterable[tuple[str, ...]]
) -> list[int]:
    """Return the constructs whose arguments the slice lacks: a column of dates, or a period."""
    if not any("dated" in names for names in known):
        missing = DATED
    elif not SaidLiterals(form.slice).has_periods:
        missing = PERIODS
    else:
        missing = frozenset()
    return [vocabulary.names.index(name) for name in missing]


def _by_classes(found: Mapping[int, tuple[str, ...]]) -> dict[tuple[str, ...], list[int]]:
    """Return the tokens of each combination of classes."""
    tokens: dict[tuple[str, ...], list[int]] = {}
    for token, names in found.items():
        tokens.setdefault(names, []).append(token)
    return tokens


_SPECIAL = frozenset({"<raw>", "<none>", "</s>", "<pad>", "<close>", "phrase"})
"""Tokens that are not part of plain SQL by themselves."""


def _pointer_classes(item: Item, index: int, form: PointerForm) -> tuple[str, ...]:
    if item.kind == "word":
        return ("word",) if form.slice.words[index].number is not None else ("phrase",)
    if item.kind != "column":
        return (item.kind,)
    column = form.catalog.table(item.table).column(item.column)
    names = ("numeric",) if is_numeric(column, form.catalog.dialect) else ()
    if date_kind(column) is not None:
        names += ("dated",)
    return (*names, "column")


def _mark_keys(
    found: dict[int, tuple[str, ...]], vocabulary: OutputVocabulary, form: PointerForm
) -> None:
    """Add the class `key` to foreign keys that refer to columns of the slice."""
    columns: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for index, item in enumerate(form.slice.items):
        if item.kind == "column" and vocabulary.size + index in found:
            columns[item.table].append(found[vocabulary.size + index])
    for index, item in enumerate(form.slice.items):
        token = vocabulary.size + index
        if item.kind != "column" or token not in found:
            continue
        keys = form.catalog.table(item.table).foreign_keys
        led_to = [
            names for key in keys if item.column in key.columns for names in columns[key.ref_table]
        ]
        if any("dated" in names for names in led_to):
            found[token] += ("key to dates",)
        if led_to:
            found[token] += ("dated key" if "dated" in found[token] else "key",)
