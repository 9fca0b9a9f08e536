"""What the columns of a table hold, as far as titles ask for it: dates, figures, flags, names."""

from __future__ import annotations

import re

from mome.answering.titles.naming import CURRENCIES, dated_parts, own_parts, unit_of
from mome.answering.titles.said_words import is_alike, parts_of
from mome.catalog import Column, Table, is_numeric
from mome.forms.stored import date_kind
from mome.linking.names import stem

_FLAG_WORDS = frozenset("is has was can are flg flag ind yn".split())
_FLAGS = tuple(frozenset(pair.split()) for pair in ("0 1", "y n", "true false", "yes no", "t f"))
"""The two values of flags that are no booleans, in lower case."""
_TRUE = frozenset({"1", "y", "true", "yes", "t"})
# Sums of these are meant where a title only names them. `price` and `rate` are none of them.
_ADDED_UP = frozenset(
    map(
        stem,
        "amount amt revenue sales turnover hours hrs minutes mins min seconds secs fee fees cost "
        "costs tax quantity qty units spending expense expenses payment payments income profit "
        "distance miles points count cnt weight total tot".split(),
    )
)
_NOT_ADDED_UP = frozenset(
    map(
        stem,
        "price rate pct percent percentage ratio average avg mean max maximum minimum limit list "
        "per unit balance score year age level rank".split(),
    )
)
_ENDS = frozenset(
    map(
        stem,
        "closed ended end left retired cancelled terminated expired finished resigned discontinued "
        "completed resolved stopped paid settled exit exited decomm decommissioned cancellation "
        "termination".split(),
    )
)
_RANKS = frozenset(map(stem, "rank ranking place position".split()))
# Dates that are not when a row came about, and those that a title has to say: `employees per year`
# may be all of them in each year.
_OTHER_DATES = frozenset(
    map(
        stem,
        "due update updated modified changed delete deleted end ended expiry expires expiration "
        "birth born dob death died trial next valid until to last create created deadline "
        "planned expected promised requested estimated agreed hired founded founding "
        "established built launched released".split(),
    )
)
_CREATED = frozenset(map(stem, "create created inserted".split()))
_NAMES = frozenset("name nm nme".split())
_SHORT_NAME = re.compile(r"[a-z]{1,2}name")
_FIRST, _LAST = frozenset("first given fore fname".split()), frozenset("last sur family".split())


def keys_of_table(table: Table) -> frozenset[str]:
    """Return the columns of a table that are keys of its own or to other tables."""
    keys = set(table.primary_key)
    for key in table.foreign_keys:
        keys.update(key.columns)
    return frozenset(keys)


def date_columns_of(table: Table) -> list[Column]:
    """Return the columns that store dates in any way."""
    return [column for column in table.columns if date_kind(column) is not None]


def is_flag(column: Column) -> bool:
    """Return whether a column stores whether something holds."""
    if column.family == "boolean":
        return True
    values = {str(value).lower() for value in column.values or () if value is not None}
    return column.values_complete and len(values) > 0 and any(values <= pair for pair in _FLAGS)


def flag_parts(column: Column, table: Table) -> tuple[str, ...]:
    """Return the parts of a flag's name that say what holds."""
    return tuple(part for part in own_parts(column, table) if part not in _FLAG_WORDS)


def holds(column: Column) -> str:
    """Return the value of a flag that holds, as a form writes it; empty if no row has it."""
    if column.family == "boolean":
        return "TRUE"
    true = [value for value in column.values or () if str(value).lower() in _TRUE]
    if not true:
        return ""
    return f"'{true[0]}'" if isinstance(true[0], str) else f"{true[0]}"


def measures_of_table(table: Table, dialect: str) -> list[Column]:
    """Return the columns of numbers that can be added up or averaged."""
    keys = keys_of_table(table)
    return [
        column
        for column in table.columns
        if column.family in ("integer", "number")
        and is_numeric(column, dialect)
        and column.name not in keys
        and date_kind(column) is None
        and not is_flag(column)
    ]


def is_in_cents(column: Column) -> bool:
    """Return whether a column stores amounts in hundredths of a currency's unit."""
    return parts_of(column.name)[-1] in ("cents", "cent", "pence")


def is_rank(column: Column) -> bool:
    """Return whether the best of the numbers is the lowest: the highest rank is the first."""
    return bool(_RANKS.intersection(map(stem, parts_of(column.name))))


def is_link(table: Table) -> bool:
    """Return whether a table only says which rows of others belong together."""
    keys = [name for key in table.foreign_keys for name in key.columns]
    return len(table.foreign_keys) > 1 and all(one.name in keys for one in table.columns)


def adds_up(column: Column) -> bool:
    """Return whether a title that only names a column of numbers means its sum."""
    stems = set(map(stem, parts_of(column.name)))
    is_sum = bool(stems & _ADDED_UP) or unit_of(column) in CURRENCIES
    return is_sum and not stems & _NOT_ADDED_UP


def end_date(table: Table) -> Column | None:
    """Return the date on which a row came to an end, as closed, left or retired; None if there is
    none or several.
    """
    found = [one for one in date_columns_of(table) if one.nullable and _stems(one) & _ENDS]
    return found[0] if len(found) == 1 else None


def main_date(table: Table) -> Column | None:
    """Return the column that says when a row came about; None if none or several may.

    In this order: the only one, the only one whose name adds nothing to the table's (`order_date`
    of `orders`), the only one that is never NULL. The date of a row's creation is one of them only
    if all others came later, as that of a delivery, or if there is no other.
    """
    dates = date_columns_of(table)
    others = [column for column in dates if not _stems(column) & _OTHER_DATES]
    created = [one for one in dates if _stems(one) & _CREATED]
    if not others:
        others = created
    elif all(one.nullable for one in others):
        others = [one for one in created if not one.nullable] or others
    if len(others) == 1:
        return others[0]
    named = [column for column in others if _adds_nothing(column, table)]
    if len(named) == 1:
        return named[0]
    always = [column for column in others if not column.nullable]
    return always[0] if len(always) == 1 else None


def _stems(column: Column) -> set[str]:
    return set(map(stem, parts_of(column.name)))


def _adds_nothing(column: Column, table: Table) -> bool:
    # Printed on is a day of its own for the rows of `print_job`, ordered on is none for `order`.
    head = parts_of(table.name)[-1]
    return all(is_alike(part, head) for part in dated_parts(column))


def label_columns(table: Table) -> tuple[Column, ...]:
    """Return the column, or first and last name, by which people know a row; empty if there is
    none that is certain.
    """
    texts = [column for column in table.columns if column.family == "text"]
    first = [column for column in texts if _is_half(column, _FIRST)]
    last = [column for column in texts if _is_half(column, _LAST)]
    if len(first) == 1 and len(last) == 1:
        return first[0], last[0]
    for kinds in (_NAMES, frozenset({"title"})):
        named = [column for column in texts if parts_of(column.name)[-1] in kinds]
        own = [column for column in named if set(own_parts(column, table)) <= {*kinds, "full"}]
        # An order's `customer_name` is not its own, an account's only `company_name` is.
        if len(named) == 1 and (named[0].name,) in table.unique:
            own = named
        if named:
            return (own[0],) if len(own) == 1 else ()
    # The `city` of the table of cities, and the `gname` of one of games.
    keys = keys_of_table(table)
    alike = [c for c in texts if _is_named_so(c, table) or _SHORT_NAME.fullmatch(c.name.lower())]
    plain = [column for column in alike if column.name not in keys]
    return (plain[0],) if len(plain) == 1 else ()


def _is_named_so(column: Column, table: Table) -> bool:
    """Return whether a column has the name of its table."""
    same_length = len(parts_of(column.name)) == len(parts_of(table.name))
    return same_length and not own_parts(column, table)


def shown_columns(table: Table) -> tuple[Column, ...]:
    """Return the columns by which rows are shown to people: their label, else the only text that no
    two of them share, as a number plate.
    """
    labels = label_columns(table)
    if labels or any(parts_of(one.name)[-1] in _NAMES for one in table.columns):
        return labels
    keys = keys_of_table(table)
    texts = [one for one in table.columns if one.family == "text" and one.name not in keys]
    unique = tuple(one for one in texts if (one.name,) in table.unique)
    return unique if len(unique) == 1 else ()


def _is_half(column: Column, words: frozenset[str]) -> bool:
    """Return whether a column holds a half of a person's name."""
    joined = "".join(parts_of(column.name))
    return any(re.search(rf"{word}(?:name|nm)?$", joined) for word in words) and "name" in joined
