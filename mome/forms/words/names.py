"""Plain words for the tables and columns of a form, and for its periods."""

from __future__ import annotations

import calendar
import re
from collections import Counter
from collections.abc import Iterable

from sqlglot import exp

from mome.catalog import Catalog
from mome.forms.nodes import FormColumn, steps
from mome.forms.roles import owner, usable_keys
from mome.linking.names import name_words

_KEY = re.compile(r"(?i)_?(id|key|code|no|nr)$")
_QUARTERS = ("first", "second", "third", "fourth")


class Vocabulary:
    """The words for the names of one form, or of several that are told side by side."""

    def __init__(self, catalog: Catalog, *trees: exp.Expr) -> None:
        self._catalog = catalog
        columns = [column for tree in trees for column in tree.find_all(FormColumn)]
        listed = {table.name for tree in trees for table in tree.find_all(exp.Table)}
        used = map(catalog.table, listed | {column.table for column in columns})
        self._twins = _repeated(table.name.lower() for table in used if table is not None)
        """Names of tables in several schemas, which take the name of their schema before them."""
        places = {(steps(c), c.name) for c in columns if not isinstance(c.this, exp.Star)}
        self._shared = _repeated(self._short(handle, name) for handle, name in places)
        """Words of columns of several tables, which take the name of their table before them."""

    def table(self, key: str) -> str:
        """Return the words of a table."""
        found = self._catalog.table(key)
        if found is None:
            return " ".join(name_words(key))
        is_twin = found.name.lower() in self._twins
        schema = f"{found.schema} " if is_twin and found.schema else ""
        return " ".join(name_words(f"{schema}{found.name}"))

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
            return f"all details of {self.owner(handle)}"
        if len(handle) > 1:
            return f"{' '.join(name_words(column.name))} of {self._role(handle)}"
        words, table = self._short(handle, column.name), self.owner(handle)
        # "order id" of `orders` says its table already.
        is_clear = words not in self._shared or words.startswith(table.removesuffix("s"))
        return words if is_clear else f"{table} {words}"

    def _short(self, handle: tuple[str, ...], name: str) -> str:
        """Return the words of a column beside no other: `country`, but `customer id`."""
        words = " ".join(name_words(name))
        return f"{self.owner(handle)} {words}" if _KEY.sub("", name) in ("", "name") else words

    def thing(self, key: exp.Expr, words: str) -> str:
        """Return what a key stands for: `customer` for `customer.id` and `orders.customer_id`."""
        if not isinstance(key, FormColumn):
            return words
        stem = _KEY.sub("", key.name)
        return " ".join(name_words(stem)) if stem else self.owner(steps(key))

    def owner(self, handle: tuple[str, ...]) -> str:
        """Return the words of the table that owns a column, by the column's `steps`."""
        # An alias is its own word.
        if self._catalog.table(handle[0]) is None:
            return handle[0].replace("_", " ")
        return self.table(owner(self._catalog, handle).key)

    def _role(self, handle: tuple[str, ...]) -> str:
        stem = _KEY.sub("", handle[-1])
        return " ".join(name_words(stem)) if stem else self.owner(handle)


def _repeated(names: Iterable[str]) -> set[str]:
    return {name for name, times in Counter(names).items() if times > 1}


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
