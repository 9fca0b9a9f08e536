"""What kind of values a column of the slice takes, for `literal_rules`."""

from __future__ import annotations

import re

from mome.backbones.bundled.grammar_state import PERIOD
from mome.backbones.bundled.pointer_form import PointerForm
from mome.catalog import Column
from mome.forms.stored import NUMBERS, TEXT_DIGITS, date_kind
from mome.linking.names import name_words, stem
from mome.linking.slice import Item
from mome.linking.values import normalise

NUMBER = re.compile(r"-?\d+(\.\d+)?")


class ColumnKinds:
    """The columns of one slice, by the index of their item. It remembers what it has looked up."""

    def __init__(self, form: PointerForm) -> None:
        self._form = form
        self._kinds: dict[int, str] = {}
        self._values: dict[int, frozenset[str]] = {}
        self._folded: dict[int, frozenset[str]] = {}

    def column(self, index: int) -> Column:
        """Return the column of an item."""
        item = self._form.slice.items[index]
        return self._form.catalog.table(item.table).column(item.column)

    def folded(self, index: int) -> frozenset[str]:
        """Return the values without case, punctuation and plural."""
        if index not in self._folded:
            self._folded[index] = frozenset(map(folded_text, self.listed(index)))
        return self._folded[index]

    def listed(self, index: int) -> frozenset[str]:
        """Return the values that the catalog holds, in lower case."""
        if index not in self._values:
            values = self.column(index).values or ()
            folded = (str(value).casefold() for value in values if value is not None)
            self._values[index] = frozenset(folded)
        return self._values[index]

    def of(self, index: int) -> str:
        """Return period, day, boolean, key, number, listed or text; empty if there are no rules."""
        if index not in self._kinds:
            self._kinds[index] = self._kind_of(index)
        return self._kinds[index]

    def _kind_of(self, index: int) -> str:
        if index == PERIOD:
            return "period"
        item, column = self._form.slice.items[index], self.column(index)
        if date_kind(column) not in (None, TEXT_DIGITS, *NUMBERS):
            return "day"
        if column.family == "boolean":
            return "boolean"
        stored = [value for value in column.values or () if value not in (None, "")]
        if column.family in ("integer", "number"):
            # SQLite stores texts in columns of numbers too.
            if any(isinstance(value, str) for value in stored):
                return ""
            return "key" if self._is_key(item) else "number"
        if column.family == "text":
            # Numbers that are kept as text, such as years, are compared with numbers between them.
            has_numbers = any(NUMBER.fullmatch(str(value)) for value in stored)
            is_listed = column.values_complete and stored and not has_numbers
            return "listed" if is_listed else "text"
        return ""

    def _is_key(self, item: Item) -> bool:
        table = self._form.catalog.table(item.table)
        if "year" in name_words(item.column):
            # A year may be a key: of a budget, of a season.
            return False
        names = set(table.primary_key)
        for key in table.foreign_keys:
            names.update(key.columns)
        return item.column in names


def folded_text(text: str) -> str:
    """Return a text without case, punctuation and plural, as repair compares stored values."""
    return " ".join(map(stem, normalise(text).split()))
