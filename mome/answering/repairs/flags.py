"""Repairs of conditions on flags: `billable hours` are those where is_billable is 1, `inactive
clients` those where is_active is 0. `composed` lists it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sqlglot import exp

from mome.answering.repairs.counts import AND_NOT
from mome.catalog import Catalog, Column
from mome.linking.names import all_stems, name_stems, stem
from mome.linking.table_prefix import own_words
from mome.linking.values import ValueIndex
from mome.sql_tree import sources, tables_in

_VERBS = frozenset("is has was can are".split())
_FLAG_WORDS = frozenset("flag flg ind indicator yn".split())
"""Last words of names that only say that a column is a flag."""
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")
_TRUTHS = {"0": False, "1": True, "n": False, "y": True, "no": False, "yes": True}
_TRUTHS |= {"f": False, "t": True, "false": False, "true": True}
_STATED = frozenset("no yes false true".split())
MOST_WORDS = 3
"""Maximum number of words of a flag's name, which the question says side by side."""
_NOT = frozenset("not never no without isn't aren't".split())
_BETWEEN = frozenset("yet been be ever a an currently longer".split())
LEFT_OUT = (
    r"\b(?:leav(?:e|es|ing) out|exclud(?:e|es|ed|ing)|ignor(?:e|es|ing)|disregard(?:ing)?"
    r"|except(?: for)?|(?:not|without) (?:counting|including)|other than|apart from|but not)"
)
"""Pattern of the words before what a question leaves out."""
FILLERS = r" (?:(?:all|any|the|those|that|which|are|were|have|been|already) )*"
"""Pattern of what may stand between them and a kind of rows."""
_EXCLUDED = re.compile(LEFT_OUT + FILLERS)
_KINDS = frozenset("by per each".split())
# Such a question asks for both.
_BOTH = re.compile(
    r"\b(?:share|percent(?:age)?|ratio|rate|versus|vs|whether|or not|compar\w+|and non)\b|%"
)


def take_flags(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> list[str]:
    """Compare a flag that the question names with the value that it says."""
    if not isinstance(tree, exp.Select):
        return []
    notes = []
    for alias, column, words in flags_of(tree, catalog):
        said = what_is_said(words, question)
        if said is None or _is_said_otherwise(column, words, tree):
            continue
        done = _corrected(tree, column, said) or _added(tree, alias, column, said, question)
        if done:
            notes.append(f"{column.name} was read as {'true' if said else 'false'}")
    return notes


def flags_of(select: exp.Select, catalog: Catalog) -> Iterator[tuple[str, Column, tuple[str, ...]]]:
    """Yield alias, column and the words that a question says for the flags of a query's tables."""
    for alias, table in tables_in(select, catalog):
        for column in table.columns:
            words = _said_words(own_words(column.name, table))
            if _is_flag(column) and 0 < len(words) <= MOST_WORDS:
                yield alias, column, words


def _said_words(name: Sequence[str]) -> tuple[str, ...]:
    """Return the words of a flag's name that people say: `obsolete` of obsolete_flg."""
    words = [word.lower() for word in name if word.lower() not in _VERBS]
    while len(words) > 1 and words[-1] in _FLAG_WORDS:
        words.pop()
    return tuple(words)


def _is_flag(column: Column) -> bool:
    """Return whether a column holds truth values: as such, as 0 and 1, or as texts for them."""
    if column.family == "boolean":
        return True
    values = {str(value).lower() for value in column.values or ()}
    is_listed = column.values_complete and bool(values) and values <= set(_TRUTHS)
    return is_listed and (column.family == "text" or values <= {"0", "1"})


def what_is_said(flag: Sequence[str], question: str) -> bool | None:
    """Return whether a question says that a flag of these words holds or that it does not; None if
    it says nothing, or both.
    """
    if AND_NOT.search(question.lower()):
        return None
    own = list(map(stem, flag))
    words = _WORD.findall(_EXCLUDED.sub("not ", question.lower()))
    if len(own) > 1:
        # `Part-time` is two words in the name.
        words = [part for word in words for part in word.split("-")]
    found = set()
    for place, word in enumerate(words):
        bare = re.sub(r"^(?:non-?|un|in|im|dis)", "", word)
        is_plain = list(map(stem, words[place : place + len(own)])) == own
        if not is_plain and (bare == word or [stem(bare)] != own):
            continue
        # `Whose decision is no`.
        end = place + len(own)
        stated = [_TRUTHS[one] for one in words[end : end + 3] if one in _STATED]
        if is_plain and stated:
            return stated[0]
        before = [one for one in words[max(0, place - 3) : place] if one not in _BETWEEN]
        last = before[-1] if before else ""
        if is_plain and last in _KINDS:
            return None
        found.add(is_plain != (last in _NOT))
    return found.pop() if len(found) == 1 else None


def _is_said_otherwise(column: Column, words: Sequence[str], tree: exp.Select) -> bool:
    """Return whether the word stands in the query already: as a value, or in another name."""
    own = set(map(stem, words))
    literals = all_stems(node.name for node in tree.find_all(exp.Literal) if node.is_string)
    others = (
        node.name
        for node in tree.find_all(exp.Column, exp.Table)
        if node.name.lower() != column.name.lower()
    )
    return bool(own & literals) or any(own & name_stems(name) for name in others)


def _corrected(tree: exp.Select, column: Column, said: bool) -> bool:
    """Compare the flag with the right value where a query asks for any value or another one."""
    changed = False
    for node in list(tree.find_all(exp.Is, exp.EQ)):
        if not isinstance(node.this, exp.Column) or node.this.name.lower() != column.name.lower():
            continue
        right = exp.EQ(this=node.this.copy(), expression=flag_value(column, said))
        is_null = isinstance(node, exp.Is) and isinstance(node.expression, exp.Null)
        if is_null and isinstance(node.parent, exp.Not):
            node.parent.replace(right)
            changed = True
        elif is_null and not column.nullable:
            # A flag that always has a value is never NULL.
            node.replace(right)
            changed = True
        elif isinstance(node, exp.EQ) and truth_of(node.expression, column) == (not said):
            node.replace(right)
            changed = True
    return changed


def truth_of(node: exp.Expr, column: Column) -> bool | None:
    """Return what a literal says of a flag; None if it is none of the two values."""
    if isinstance(node, exp.Boolean):
        return bool(node.this)
    if node.is_string and column.family != "text":
        return None
    return _TRUTHS.get(node.name.lower())


def _added(tree: exp.Select, alias: str, column: Column, said: bool, question: str) -> bool:
    """Add the condition to a query that says nothing of the flag."""
    names = {node.name.lower() for node in tree.find_all(exp.Column)}
    if column.name.lower() in names or _BOTH.search(question.lower()):
        return False
    name = exp.to_identifier(column.name, quoted=re.fullmatch(r"\w+", column.name) is None)
    node = exp.Column(this=name) if len(sources(tree)) == 1 else exp.column(name, alias)
    tree.where(exp.EQ(this=node, expression=flag_value(column, said)), copy=False)
    return True


def flag_value(column: Column, said: bool) -> exp.Expr:
    """Return the literal that a flag holds where it is true, or where it is not."""
    if column.family == "boolean":
        return exp.Boolean(this=said)
    if column.family != "text":
        return exp.Literal.number(int(said))
    stored = (str(value) for value in column.values or ())
    # Where all rows hold the other value, what this one would be is a guess.
    text = next((value for value in stored if _TRUTHS[value.lower()] == said), None)
    return exp.Literal.string(text or ("Y" if said else "N"))
