"""What a question says and a query does not: a value, a period, a number, a rank, a statistic, a
term.

`candidates` ranks a query lower for each, lowers the confidence of the answer, and shows the
sentences as notes. On the 6,997 gold queries of Spider's training questions, the rules `RULES` find
something in 46, most of them queries that do say less than their question.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlglot import exp

from mome.answering.examined import Examined
from mome.answering.left_out_shapes import SHAPE_RULES
from mome.artifacts.facts import MemoryFact
from mome.catalog import Catalog
from mome.linking.code_meanings import CodeMeaning
from mome.linking.dates import MONTH_NUMBERS
from mome.linking.demands import demands
from mome.linking.names import all_stems, content_words, name_stems, question_words, says
from mome.linking.periods import Period, periods, years
from mome.linking.values import normalise
from mome.memory.routing.meant_facts import LITERAL
from mome.sql_tree import is_negated


def left_out(
    question: str, tree: exp.Expr, terms: Iterable[Term] = (), values: Sequence[str] = ()
) -> list[str]:
    """Return a sentence for each part of the question of which the query says nothing.

    `values`: phrases of the question that name stored values.
    """
    names: set[str] = set()
    for node in tree.find_all(exp.Column, exp.Table):
        names |= name_stems(node.name)
    literals = tuple(literal.name for literal in tree.find_all(exp.Literal))
    said = Examined(question, tree, literals, frozenset(names), tuple(values))
    found = [part for rule in RULES for part in rule(said)]
    for term in terms:
        if term.is_asked(question) and not term.is_said(tree):
            found.append(repr(term.text))
    return [f"nothing in this query says {part}" for part in dict.fromkeys(found)]


def _values(said: Examined) -> list[str]:
    written = {normalise(text) for text in said.literals}
    names = (node.name for node in said.tree.find_all(exp.Column, exp.Table))
    written |= {normalise(name.replace("_", " ")) for name in names}
    found = []
    for value in said.values:
        text = normalise(value)
        # A condition may seek a part of the value, or a text that holds it.
        if not any(text in other or (other and other in text) for other in written):
            found.append(repr(value))
    return found


# An apostrophe within a word begins no quotation.
_QUOTED = re.compile(r"(?<!\w)(?:'([^']{1,60})'|\"([^\"]{1,60})\"|“([^”]{1,60})”)(?!\w)")


def _quoted(said: Examined) -> list[str]:
    """Find quoted texts with a word that the query lacks; of Spider's 6,997 training queries 9 do
    so, most of them by mistake.
    """
    # A full name may stand in two columns, and a name of the schema in quotes.
    written = all_stems(map(normalise, said.literals)) | said.names
    found = []
    for match in _QUOTED.finditer(said.question):
        text = match[1] or match[2] or match[3]
        sought = (normalise(literal) for literal in said.literals)
        is_part = any(literal and literal in normalise(text) for literal in sought)
        if not is_part and not all_stems([normalise(text)]) <= written:
            found.append(repr(text))
    return found


def _periods(said: Examined) -> list[str]:
    asked = periods(said.question)
    # A column may be named after its month: `Jan`, `sales_march`.
    written = (*said.literals, *said.names)
    return [repr(p.text) for p in asked if not _is_period_said(p, written)]


def _is_period_said(period: Period, written: Sequence[str]) -> bool:
    if period.year is None:
        return _says_month(period, written)
    # A range may be written by its first day or by its last one.
    wanted = {str(period.year)} | {day[:4] for day in (period.low, period.high) if day}
    dated = [text for text in written if text[:4] in wanted or text.strip("%") in wanted]
    return bool(dated) and (period.month is None or _says_month(period, written))


def _says_month(period: Period, written: Sequence[str]) -> bool:
    """Return whether a text is the month's name, or holds it as a number or within a date."""
    month = f"{period.month:02}"
    ends = f"{int(month) % 12 + 1:02}"
    for text in written:
        if MONTH_NUMBERS.get(re.sub(r"\W", "", text.lower())) == period.month:
            return True
        if text in (month, str(period.month)) or re.search(rf"-(?:{month}|{ends})(?!\d)", text):
            return True
    return False


_NEGATIVE = (exp.Not, exp.NEQ, exp.Is, exp.Except, exp.LT, exp.LTE, exp.GT, exp.GTE)
# None of something is also written as a count of 0 or a truth value.
_FALSE = frozenset({"0", "no", "n", "f", "false", "none", "null"})


def _negation(said: Examined) -> list[str]:
    if not demands(said.question).negated or said.tree.find(*_NEGATIVE, exp.Boolean):
        return []
    if any(is_negated(node) for node in said.tree.find_all(exp.Like, exp.ILike)):
        return []
    if _FALSE & {text.lower() for text in said.literals}:
        return []
    # An outer join shows what has none.
    if any(join.side for join in said.tree.find_all(exp.Join)):
        return []
    return ["the question's negation"]


# Small numbers are often no quantities (`the two tables`), and a superlative asks for one anyway.
_LEAST_NUMBER = 3
_UNITS_OF_NUMBERS = frozenset("hundred thousand million billion".split())


def _numbers(said: Examined) -> list[str]:
    """Find numbers that the query does not hold, neither as they are nor as a share."""
    written = " ".join((*said.literals, *said.names))
    held = {float(number) for number in re.findall(r"\d+(?:\.\d+)?", written)}
    asked = years(said.question)
    found = []
    for word in question_words(said.question):
        if word.number is None or word.number in asked:
            continue
        # A bare `billion` is a unit, and `3rd` is a rank.
        ending = said.question[word.end : word.end + 2].lower()
        if word.text.lower() in _UNITS_OF_NUMBERS or ending in ("st", "nd", "rd", "th"):
            continue
        number = float(word.number)
        # `More than 10%` is 0.1, or a tenth more or less.
        shares = {number / 100, 1 + number / 100, 1 - number / 100}
        # `At least 3` may be written > 2.
        is_held = any(abs(other - number) <= 1 for other in held) or held & shares
        if number >= _LEAST_NUMBER and not is_held:
            found.append(repr(word.text))
    return found


RULES = (_values, _quoted, _periods, _negation, _numbers, *SHAPE_RULES)
"""Each returns what the query leaves out, quoted as the question has it."""


@dataclass(frozen=True)
class Term:
    """A term of the glossary, or the name of a code, and what a query that means it reads."""

    text: str
    """As people write it, such as `stock value`."""
    columns: frozenset[str]
    """The columns of its definition, as `table.column`."""
    texts: frozenset[str] = frozenset()
    """The texts with which the definition compares, such as the code of a status."""
    table: str = ""
    """Name of the table in whose queries alone the text means this; empty for all."""

    def is_asked(self, question: str) -> bool:
        """Return whether the question holds the term's words, in order."""
        return says(question, self.text)

    def is_said(self, tree: exp.Expr) -> bool:
        """Return whether the query reads the definition's columns and texts, or a column named like
        the term, or is about another table than the term.
        """
        tables = {table.name.lower() for table in tree.find_all(exp.Table)}
        if self.table and self.table.lower() not in tables:
            return True
        own = frozenset(content_words(self.text))
        read = {column.name.lower() for column in tree.find_all(exp.Column)}
        if any(name_stems(name) == own for name in read):
            return True
        written = {literal.name for literal in tree.find_all(exp.Literal) if literal.is_string}
        columns = {column.rpartition(".")[2].lower() for column in self.columns}
        return columns <= read and self.texts <= written


def terms_of_codes(meanings: Iterable[CodeMeaning], catalog: Catalog) -> tuple[Term, ...]:
    """Return what comments call codes as terms: `blocked` of the suppliers whose status is B."""
    found = []
    for one in meanings:
        table = catalog.table(one.table)
        if table is not None and not one.is_number:
            # Whatever column holds the code: `running` may be said of another table's R.
            texts = frozenset({one.code})
            found.append(Term(" ".join(one.words), frozenset(), texts, table.name))
    return tuple(found)


def terms_of(facts: Iterable[MemoryFact]) -> tuple[Term, ...]:
    """Return the terms that the facts of a glossary define, without those that hold another one, as
    `revenue by genre` holds `revenue`.
    """
    defined: dict[frozenset[str], MemoryFact] = {}
    shortest: dict[frozenset[str], str] = {}
    for fact in facts:
        if fact.kind != "glossary":
            continue
        text = min(fact.wordings, key=len)
        words = content_words(text)
        # `Number of paperbacks` and `paperbacks` are two facts of one term.
        shortest[words] = min(shortest.get(words, text), text, key=len)
        known = defined.get(words)
        # Of the facts of one term, the one that reads least shows nothing but its definition.
        if known is None or len(fact.objects) < len(known.objects):
            defined[words] = fact
    terms = []
    for words, fact in defined.items():
        if any(other < words for other in defined):
            continue
        columns = frozenset(name for name in fact.objects if "." in name)
        texts = (text.replace("''", "'") for text in LITERAL.findall(fact.answer))
        terms.append(Term(shortest[words], columns, frozenset(texts)))
    return tuple(terms)
