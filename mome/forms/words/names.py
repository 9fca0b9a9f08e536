"""Plain words for the tables and columns of a form, and for its periods."""

from __future__ import annotations

import calendar
import re

from sqlglot import exp

from mome.catalog import Catalog
from mome.forms.nodes import FormColumn, steps
from mome.forms.roles import owner, usable_keys
from mome.linking.names import name_words

_KEY = re.compile(r"(?i)_?(id|key|code|no|nr)$")
_QUARTERS = ("first", "second", "third", "fourth")


class Vocabulary:
    """The words for the names of one form."""

    def __init__(self, tree: exp.Expr, catalog: Catalog) -> None:
        self._catalog = catalog
        columns = [c for c in tree.find_all(FormColumn) if not isinstance(c.this, exp.Star)]
        places = {(steps(column), column.name) for column in columns}
        self._shared = {
            name for _, name in places if sum(1 for _, other in places if other == name) > 1
        }
        """Columns of several tables, which take the name of their table before them."""

    def table(self, key: str) -> str:
        """Return the words of a table."""
        found = self._catalog.table(key)
        return " ".join(name_words(found.name if found else key))

    def reached(self, key: str) -> set[str]:
        """Return the tables that the keys of a table lead to, itself included."""
        found: set[str] = set()
        waiting = [key]
        while waiting:
            table = self._catalog.table(waiting.pop())
            if table is not None and table.key not in found:
                found.add(table.key)
                waiting += [other.ref_table for other in usable_keys(self._catalog, table)]
        return found

    def column(self, column: FormColumn) -> str:
        """Return the words of a column: `first name`, `customer name`, `name of home`."""
        handle = steps(column)
        if isinstance(column.this, exp.Star):
            return f"all details of {self._owner(handle)}"
        words = " ".join(name_words(column.name))
        if len(handle) > 1:
            return f"{words} of {self._role(handle)}"
        is_vague = column.name in self._shared or _KEY.sub("", column.name) in ("", "name")
        table = self._owner(handle)
        return f"{table} {words}" if is_vague and not words.startswith(table) else words

    def thing(self, key: exp.Expr, words: str) -> str:
        """Return what a key stands for: `customer` for `customer.id` and `orders.customer_id`."""
        if not isinstance(key, FormColumn):
            return words
        stem = _KEY.sub("", key.name)
        return " ".join(name_words(stem)) if stem else self._owner(steps(key))

    def _owner(self, handle: tuple[str, ...]) -> str:
        # An alias is its own word.
        if self._catalog.table(handle[0]) is None:
            return handle[0].replace("_", " ")
        return self.table(owner(self._catalog, handle).key)

    def _role(self, handle: tuple[str, ...]) -> str:
        stem = _KEY.sub("", handle[-1])
        return " ".join(name_words(stem)) if stem else self._owner(handle)


def period(text: str) -> str:
    """Return the words of a period: `May 2024`, `the second quarter of 2024`."""
    if found := re.fullmatch(r"(\d{4})-Q(\d)", text):
        return f"the {_QUARTERS[int(found[2]) - 1]} quarter of {found[1]}"
    if found := re.fullmatch(r"(\d{4})-(\d\d)(?:-(\d\d))?", text):
        month = f"{calendar.month_name[int(found[2])]} {found[1]}"
        return f"{int(found[3])} {month}" if found[3] else month
    return text if text.isdigit() or text.startswith("this") else f"the {text}"


def plural(words: str) -> str:
    """Return the plural of an English noun; a word in s is taken for one."""
    if re.search(r"[^aeiou]y$", words):
        return f"{words[:-1]}ies"
    return words if words.endswith("s") else f"{words}s"


def ordinal(text: str) -> str:
    """Return a number as a place: `second`, `4th`."""
    first = {"1": "", "2": "second ", "3": "third "}
    return first.get(text, f"{text}th ")
