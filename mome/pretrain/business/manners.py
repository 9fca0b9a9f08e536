"""The manners in which one database spells names and values; `drawing` draws them."""

from __future__ import annotations

import random
from dataclasses import dataclass

from training_data.language.words import EXPANSIONS, plural

_SHORT = {
    word: short for short, word in EXPANSIONS.items() if word not in ("address", "order", "year")
}
"""Word -> an abbreviation that is read back as the word."""


@dataclass(frozen=True)
class Manners:
    """How one database spells names, flags, kinds and dates."""

    case: str
    """snake, camel, pascal, title or upper."""
    is_plural: bool
    """Whether tables are named in the plural."""
    prefix: str
    """What stands before the names of tables; mostly empty."""
    key_has_noun: bool
    """Whether keys are called `client_id` in their own table, and not `id`."""
    columns_have_noun: bool
    """Whether columns begin with the noun of their table: `invoice_number`."""
    abbreviates: bool
    """Whether `amount` is `amt`."""
    flag: str
    """integer, boolean, letter or word."""
    kind: str
    """lower, title, upper, letter or number: `on hold`, `On Hold`, `ON_HOLD`, `O`, `3`."""
    date: str
    """The declared type of dates: DATE, DATETIME, TIMESTAMP or TEXT."""
    first_year: int
    """The year of the first rows."""

    @classmethod
    def drawn(cls, rng: random.Random) -> Manners:
        """Return manners, the usual ones more often."""
        return cls(
            case=rng.choices(("snake", "camel", "pascal", "title", "upper"), (12, 3, 3, 1, 1))[0],
            is_plural=rng.random() < 0.55,
            prefix=rng.choices(("", "tbl_", "t_", "dim_"), (16, 1, 1, 1))[0],
            key_has_noun=rng.random() < 0.4,
            columns_have_noun=rng.random() < 0.12,
            abbreviates=rng.random() < 0.15,
            flag=rng.choices(("integer", "boolean", "letter", "word"), (10, 4, 2, 1))[0],
            kind=rng.choices(("lower", "title", "upper", "letter", "number"), (8, 5, 4, 1, 1))[0],
            date=rng.choices(("DATE", "DATETIME", "TIMESTAMP", "TEXT"), (8, 3, 2, 4))[0],
            first_year=rng.choice((2019, 2020, 2021, 2022, 2023, 2024)),
        )

    def table(self, words: str) -> str:
        """Return the name of a table: `order_line` -> `OrderLines`."""
        return self.prefix + self._cased(plural(words) if self.is_plural else words)

    def key(self, table: str) -> str:
        """Return the name of a table's own key."""
        return self._cased(f"{table}_id" if self.key_has_noun else "id")

    def reference(self, table: str) -> str:
        """Return the name of a key that refers to a table."""
        return self._cased(f"{table}_id")

    def column(self, table: str, words: str) -> str:
        """Return the name of a column."""
        if self.columns_have_noun and not words.startswith((table, "is_", "has_")):
            words = f"{table}_{words}"
        if self.abbreviates:
            words = "_".join(_SHORT.get(word, word) for word in words.split("_"))
        return self._cased(words)

    def _cased(self, words: str) -> str:
        """Return words joined by underscores in the case of the database."""
        parts = words.split("_")
        if self.case == "upper":
            return words.upper()
        if self.case == "title":
            return "_".join(part.capitalize() for part in parts)
        if self.case == "snake":
            return words
        joined = "".join(part.capitalize() for part in parts)
        return joined if self.case == "pascal" else joined[:1].lower() + joined[1:]

    def kinds(self, kinds: tuple[str, ...], rng: random.Random) -> tuple[str, ...]:
        """Return what a column stores for some kinds; most columns follow the database."""
        way = self.kind if rng.random() < 0.85 else "lower"
        if way == "number":
            # As texts: nobody adds them up.
            return tuple(str(number) for number in range(1, len(kinds) + 1))
        letters = tuple(kind[:1].upper() for kind in kinds)
        if way == "letter" and len(set(letters)) == len(kinds):
            return letters
        if way == "upper":
            return tuple(kind.replace(" ", "_").upper() for kind in kinds)
        if way == "title":
            return tuple(kind if kind.isupper() else kind.title() for kind in kinds)
        return kinds

    def flags(self) -> tuple[str, tuple[object, object]]:
        """Return the declared type of flags, and what is stored for no and for yes."""
        if self.flag == "letter":
            return "CHAR(1)", ("N", "Y")
        if self.flag == "word":
            return "TEXT", ("no", "yes")
        return ("BOOLEAN" if self.flag == "boolean" else "INTEGER"), (0, 1)
