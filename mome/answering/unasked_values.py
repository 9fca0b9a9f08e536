"""The rules of `unasked` about values: numbers, steps, second conditions on one value, missing
values, labels and patterns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapidfuzz.distance import JaroWinkler
from sqlglot import exp

from mome.answering.conditions import SIGNS, is_number, literals_of, stored_of
from mome.answering.written import Written
from mome.linking.code_meanings import explained
from mome.linking.demands import demands
from mome.linking.names import (
    NUMBER_WORDS,
    abbreviates,
    all_stems,
    name_words,
    question_words,
    stem,
)
from mome.sql_tree import is_negated

_ORDINALS = "second third fourth fifth sixth seventh eighth ninth tenth".split()
_NUMBERS = {word: float(number) for word, number in NUMBER_WORDS.items()}
_NUMBERS |= {word: float(number) for number, word in enumerate(_ORDINALS, 2)}
_NUMBERS |= {"half": 0.5, "quarter": 0.25, "quarters": 0.75, "twice": 2, "double": 2, "couple": 2}
_NUMBERS |= {"both": 2, "pair": 2, "multiple": 1, "several": 1, "triple": 3, "decade": 10}
# What turns a number of the question into the column's unit: percent, thousands, minutes, hours.
_FACTORS = (0.01, 1, 7, 12, 24, 60, 100, 1_000, 3_600, 60_000, 1_000_000, 1_000_000_000)


def _numbers(written: Written) -> Iterator[str]:
    """Find numbers that follow from none of the question's; 0 and 1 need none."""
    said = _said_numbers(written.question)
    codes = set(_codes(written))
    for node in written.tree.find_all(*SIGNS, exp.Limit):
        if isinstance(node, (exp.Like, exp.ILike)):
            continue
        for literal in literals_of(node):
            # A text like 007 is a code.
            if not is_number(literal.name) or re.match(r"0\d", literal.name):
                continue
            if id(literal) in codes or literal.name in written.learned:
                continue
            number = float(literal.name)
            if number > 1 and not any(_follows(number, other) for other in said):
                yield f"the number {literal.name}"


def _codes(written: Written) -> Iterator[int]:
    """Yield the identities of literals that equal one of a column's few values: they may be codes,
    such as 2 for shipped.
    """
    for comparison in written.comparisons:
        if comparison.sign in ("=", "<>", "IN") and comparison.stored.complete:
            for literal in comparison.literals:
                if literal.name in comparison.stored.known:
                    yield id(literal)


def _said_numbers(question: str) -> set[float]:
    said = {float(word.number) for word in question_words(question) if word.number is not None}
    # `90th`, `3-month` and `three-month` hold a number too.
    said |= {float(text) for text in re.findall(r"\d+(?:\.\d+)?", question)}
    letters = re.findall("[a-z]+", question.lower())
    return said | {_NUMBERS[word] for word in letters if word in _NUMBERS}


def _follows(number: float, said: float) -> bool:
    # `More than 5` may be written >= 6, and 10% more is 1.1 times as much.
    if abs(number - said) <= 1:
        return True
    derived = [said * factor for factor in _FACTORS] + [1 + said / 100]
    return any(abs(number - other) < 1e-6 * number for other in derived)


def _steps(written: Written) -> Iterator[str]:
    """Find groups in steps of a number that the question does not say: FLOOR(price / 10) * 10."""
    said = _said_numbers(written.question)
    for floor in written.tree.find_all(exp.Floor):
        step = floor.this.expression if isinstance(floor.this, exp.Div) else None
        if isinstance(step, exp.Literal) and float(step.name) not in said:
            yield f"steps of {step.name}"


# Two conditions on one number may divide all rows: `under 5 and the rest`.
_REST = re.compile(
    r"\b(?:rest|others?|remaining|remainder|else|otherwise|not|without|versus|vs|against|"
    r"compare[ds]?|former|latter)\b|n['’]t\b"
)


def _repeated(written: Written) -> Iterator[str]:
    """Find a value that is said once and that two different conditions of one query hold."""
    if written.says(_REST):
        return
    found: dict[tuple[int, str], set[exp.Expr]] = {}
    for comparison in written.comparisons:
        # Joined by OR they may be one condition: home or away.
        if isinstance(comparison.node.find_ancestor(exp.Or, exp.Select), exp.Or):
            continue
        for literal in comparison.literals:
            # 0 and 1 are often truth values.
            if literal.name in ("0", "1"):
                continue
            key = (id(comparison.node.parent_select), literal.name.strip("%").lower())
            found.setdefault(key, set()).add(comparison.node)
    for (_, text), nodes in found.items():
        if len(nodes) > 1 and _times_said(written.question, text) == 1:
            yield f"a second condition on {text!r}"


def _times_said(question: str, text: str) -> int:
    """Return how often a question says a value."""
    if is_number(text):
        said = [word.number for word in question_words(question) if word.number is not None]
        return sum(float(number) == float(text) for number in said)
    return len(re.findall(rf"(?<!\w){re.escape(text)}(?!\w)", question.lower()))


# Words of what has no value: `unpaid`, `homeless`, `still open`.
_ABSENT = re.compile(
    r"\b(?:unknown|null|empty|blank|unset|missing|absent|undefined|still|yet|open|current(?:ly)?"
    r"|only|top|roots?|ongoing|active|un\w+)\b|less\b|n['’]t\b"
)


def _missing(written: Written) -> Iterator[str]:
    """Find IS NULL where the question has no word of absence; an outer join needs none."""
    if demands(written.question).negated or written.says(_ABSENT):
        yield from _missing_figures(written)
        return
    if any(join.side for join in written.tree.find_all(exp.Join)):
        return
    for node in written.tree.find_all(exp.Is):
        is_known = node.this.name.lower() in written.learned
        if isinstance(node.expression, exp.Null) and not is_negated(node) and not is_known:
            yield f"missing values of {node.this.name}"


def _missing_figures(written: Written) -> Iterator[str]:
    """Find IS NULL on numbers that the question does not say: who never ordered is none without a
    rating.
    """
    words = re.findall("[a-z]+", written.question.lower())
    for node in written.tree.find_all(exp.Is):
        is_plain = isinstance(node.this, exp.Column) and not is_negated(node)
        if not is_plain or not isinstance(node.expression, exp.Null):
            continue
        stored = stored_of(node.this, written.catalog, written.values)
        if stored is None or stored.is_key or stored.column.family not in ("integer", "number"):
            continue
        parts = set(name_words(stored.column.name)) - set(name_words(stored.table.name))
        said = any(stem(part) in written.stems for part in parts)
        short = any(abbreviates(part, word) for part in parts for word in words)
        if not said and not short and node.this.name.lower() not in written.learned:
            yield f"missing values of {node.this.name}"


_LABELS = re.compile(
    r"['\"‘“`]|\b(?:label|mark|flag|class(?!room)|categor|call|named|otherwise|else|if\b|whether"
    r"|depend|bucket|band|tag|divide|split|rest|level|as\b)"
)
_LONGEST_LABEL = 3
"""Words of a label; what is longer is a piece of the question."""
_HALF_QUOTED = re.compile(r"'(?!\w)|(?<!\w)'")


def _labels(written: Written) -> Iterator[str]:
    """Find the texts of a CASE that is shown, where the question asks for no labels."""
    longest = _LONGEST_LABEL if written.says(_LABELS) else 0
    for case in written.tree.find_all(exp.Case):
        branches = [branch.args["true"] for branch in case.args["ifs"]]
        for label in filter(None, [*branches, case.args.get("default")]):
            # A range names itself: `under 5, 5 to 10`.
            is_label = label.is_string and not re.search(r"\d", label.name)
            if not is_label or label.name.lower() in written.learned:
                continue
            if len(label.name.split()) > longest or _HALF_QUOTED.search(label.name):
                yield f"the label {label.name!r}"


def _patterns(written: Written) -> Iterator[str]:
    """Find a pattern whose text is none of the question's words."""
    question = written.question.lower()
    for comparison in written.comparisons:
        if comparison.sign != "LIKE" or comparison.stored.kind == "date":
            continue
        for text in comparison.texts:
            sought = re.sub(r"[%_]", " ", text).strip().lower()
            if not re.search(r"\w", sought) or not (
                sought in question or all_stems([sought]) & written.stems
            ):
                yield f"the text {text!r}"


LONGEST_CODE = 4
"""Maximum length of a text in capital letters that may be a code, such as USA."""
LIKE_VALUE = 0.8
"""Least Jaro-Winkler similarity of two forms of a value, such as French and France."""
_TRUTH = frozenset("true false none null".split())


def _values(written: Written) -> Iterator[str]:
    """Find a stored text that the question does not say, where it has no word that might mean it:
    `pet_type = 'dog'` for `students with pets`.
    """
    if written.unexplained:
        return
    for comparison in written.comparisons:
        if comparison.sign not in ("=", "IN") or comparison.stored.kind not in ("text", ""):
            continue
        for text in comparison.texts:
            if text.lower() not in written.learned and not _is_said(text, written):
                yield f"{text!r}"


def _is_said(text: str, written: Written) -> bool:
    """Return whether a question says a text in some form, or it may be a code."""
    question, value = written.question.lower(), text.lower().strip()
    parts = re.findall(r"[^\W\d_]+", value)
    is_code = len(value) < 3 or (text.isupper() and len(value) <= LONGEST_CODE)
    if is_code or value in _TRUTH or re.search(r"\d", value) is not None:
        return True
    if not parts or value in question or all_stems([text]) & written.stems:
        return True
    words = re.findall(r"[^\W\d_]+", question)
    if len(parts) > 1 and "".join(part[0] for part in parts) in words:
        return True
    return any(_is_form(word, part) for word in words for part in parts)


def _is_form(word: str, part: str) -> bool:
    return word[:2] == part[:2] and JaroWinkler.similarity(word, part) >= LIKE_VALUE


_NOW = frozenset(map(stem, "currently still yet ever already now today presently".split()))
"""Stems of words that say when, and no value."""


def _codes_of_others(written: Written) -> Iterator[str]:
    """Find a code whose comment explains it by words that the question does not say: SEM for
    semi-finished.
    """
    found = [one for one in written.comparisons if one.sign in ("=", "IN")]
    meanings = [explained(one.stored.column) for one in found]
    said = all_stems(text for one in meanings for text in one.values())
    # Another word might mean the code.
    if written.unexplained - _NOW - said:
        return
    for comparison, explaining in zip(found, meanings, strict=True):
        for text in comparison.texts:
            if text in explaining and text.lower() not in written.learned:
                is_written = re.search(rf"\b{re.escape(text)}\b", written.question) is not None
                if not is_written and not all_stems([explaining[text]]) & written.stems:
                    yield f"{explaining[text]!r}"


VALUE_RULES = (_values, _codes_of_others, _numbers, _steps, _repeated, _missing, _labels, _patterns)
"""Each yields what the question does not ask for."""
