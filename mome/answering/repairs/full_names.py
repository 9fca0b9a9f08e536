"""Repair of people who are shown by half of their name. `composed` lists it."""

from __future__ import annotations

import re

from sqlglot import exp

from mome.answering.conditions import stored_of
from mome.catalog import Catalog
from mome.linking.names import name_words
from mome.linking.values import ValueIndex

_FIRST, _LAST = re.compile(r"(?:first|given|fore)"), re.compile(r"(?:last|sur|family)")
_SAID = re.compile(r"\b(?:first|given|fore|last|sur|family)[ _-]?names?\b|\bnames? only\b")

# `Sorted by last name` says nothing of what is shown.
_ORDER = re.compile(
    r"\b(?:sort(?:ed)?|order(?:ed)?|arranged?|ranked|listed|alphabeti[sz]ed|alphabetical(?:ly)?)"
    r"(?: \w+){0,3}? by (?:the |their |his |her )?(?:(?:first|given|fore|last|sur|family)"
    r"[ _-]?names?(?:,? (?:and|then)(?: then)?(?: by)? )?)+"
)


def show_full_names(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> list[str]:
    """Show first and last name where a query shows one of them and the question names neither."""
    asked = _ORDER.sub(" ", question.lower())
    if not isinstance(tree, exp.Select) or _SAID.search(asked) or tree.args.get("group"):
        return []
    shown = [node for node in tree.expressions if isinstance(node, exp.Column)]
    notes = []
    for node in shown:
        stored = stored_of(node, catalog, values)
        if stored is None or tree.args.get("distinct"):
            continue
        is_first, is_last = (
            _is_part(stored.column.name, _FIRST),
            _is_part(stored.column.name, _LAST),
        )
        if not is_first and not is_last:
            continue
        pattern = _LAST if is_first else _FIRST
        others = [one for one in stored.table.columns if _is_part(one.name, pattern)]
        if len(others) != 1:
            continue
        other = node.copy()
        quoted = re.fullmatch(r"\w+", others[0].name) is None or bool(node.this.quoted)
        other.set("this", exp.to_identifier(others[0].name, quoted=quoted))
        if any(one.sql().lower() == other.sql().lower() for one in shown):
            continue
        place = next(n for n, one in enumerate(tree.expressions) if one is node)
        expressions = list(tree.expressions)
        expressions.insert(place + 1 if is_first else place, other)
        tree.set("expressions", expressions)
        notes.append(f"people of {stored.table.key} are shown by first and last name")
    return notes


def _is_part(name: str, pattern: re.Pattern[str]) -> bool:
    """Return whether a column holds such a part of a person's name: `first_name`, `fname`."""
    words = "".join(name_words(name))
    short = {"fname": _FIRST, "lname": _LAST}.get(words)
    return short is pattern or bool(re.search(pattern.pattern + "name$", words))
