"""Read baskets from a file, row by row, and check them before a tune. Imports no torch.

A file has a row for each item of a basket, or a row for each basket with a list of its items.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from pathlib import Path

from mome.closed_set.rows import check_distinct, no_column, table_rows, text_of
from mome.errors import TableError

MOST_BASKETS = 200_000
"""Number of baskets that a memory takes; each needs a fact and, in a tune, a kilobyte."""
MOST_ITEMS = 10_000
"""Number of different items: the fit of the base solves a linear system of this size."""
MOST_IN_BASKET = 1_000
"""Number of different items in one basket."""
MOST_PAIRS = 5_000_000
"""Number of different pairs of basket and item; each takes some 80 bytes while a file is read."""
KEYS = ("basket", "user")
"""Columns that say which rows belong to one basket, if no other is named."""
ITEM, ITEMS, TIME = "item", "items", "time"
SEPARATOR = ";"
"""Between the items of a list in a CSV file, if it is no JSON list."""
Moment = float | str


@dataclass(frozen=True)
class BasketTune:
    """What to tune."""

    baskets: Path
    memory: Path
    basket_column: str | None = None
    """None for `basket`, or else `user`."""
    item_column: str = ITEM
    time_column: str | None = None
    """None for `time`, where the file has it."""


@dataclass(frozen=True)
class Basket:
    """Different items that belong together."""

    items: tuple[str, ...]
    """In the order of time where that is known, else sorted."""
    timed: bool = False
    """Whether the last item came last."""

    @property
    def key(self) -> tuple[str, ...]:
        """The items, sorted: two baskets of the same items are alike."""
        return tuple(sorted(self.items))


@dataclass(frozen=True)
class BasketSet:
    """Checked baskets."""

    baskets: tuple[tuple[Basket, int], ...]
    """Different baskets, each with how often it occurs."""
    items: tuple[str, ...]
    """The catalogue, sorted."""


@dataclass
class _Gathered:
    """Rows of (basket, item) as they are read, with items and baskets by number."""

    items: dict[str, int] = field(default_factory=dict)
    baskets: dict[str, dict[int, Moment]] = field(default_factory=dict)
    """Of each basket the time of each item: its latest, or the empty text without times."""
    pairs: int = 0
    """Number of different pairs of basket and item."""

    def add(self, basket: str, item: str, moment: Moment) -> None:
        number = self.items.setdefault(item, len(self.items))
        times = self.baskets.setdefault(basket, {})
        self.pairs += number not in times
        times[number] = max(times.get(number, moment), moment)


def read_baskets(request: BasketTune) -> BasketSet:
    """Read and check a file of baskets; an item that a basket has twice counts once. Raises
    TableError and OSError.
    """
    path = request.baskets
    rows = table_rows(path)
    first = next(rows, None)
    if first is None:
        raise TableError(f"{path} has no row; give a basket at least")
    every = chain([first], rows)
    if ITEMS in first and request.item_column not in first:
        return checked_baskets(_listed(every, path), str(path))
    return checked_baskets(_gathered(every, first, request), str(path))


def _listed(rows: Iterator[Mapping[str, object]], path: Path) -> Iterator[Basket]:
    """Yield the baskets of a file with a list of items in each row."""
    for number, row in enumerate(rows, 1):
        if ITEMS not in row:
            raise no_column(f"row {number} of {path}", ITEMS, row)
        place = f"row {number} of {path}"
        items = items_of(row[ITEMS], place)
        if not items:
            raise TableError(f"{place} has no items; give some, or leave it out")
        yield Basket(tuple(sorted(set(items))))


def items_of(value: object, place: str) -> list[str]:
    """Return a list of items as it stands in a row: a list, a JSON list, or names between
    semicolons. Raises TableError for anything else, and for an item without a name.
    """
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = json.loads(value)
        except ValueError:
            raise TableError(f"the items of {place} are no JSON list") from None
    if value is None or value == "":
        return []
    if isinstance(value, str):
        value = value.split(SEPARATOR)
    if not isinstance(value, list):
        raise TableError(f"the items of {place} are no list")
    names = [text_of(item, f"an item of {place}") for item in value]
    if not all(names):
        raise TableError(f"{place} has an item that is no name")
    return names


def _gathered(
    rows: Iterator[Mapping[str, object]], first: Mapping[str, object], request: BasketTune
) -> Iterator[Basket]:
    """Yield the baskets of a file with an item in each row, whatever the order of the rows."""
    path = request.baskets
    key = request.basket_column or next((name for name in KEYS if name in first), KEYS[0])
    time = request.time_column or (TIME if TIME in first else None)
    wanted = [key, request.item_column] + ([time] if time else [])
    gathered = _Gathered()
    for number, row in enumerate(rows, 1):
        for name in wanted:
            if name not in row:
                raise no_column(f"row {number} of {path}", name, row)
        place = f"row {number} of {path}"
        basket = text_of(row[key], f"{key} in {place}")
        item = text_of(row[request.item_column], f"{request.item_column} in {place}")
        if not basket or not item:
            raise TableError(
                f"row {number} of {path} has no {'item' if basket else 'basket'}; give one, or "
                "leave the row out"
            )
        moment = _moment(row[time], number, path) if time else ""
        try:
            gathered.add(basket, item, moment)
        except TypeError:
            raise _mixed_times(basket, path) from None
        _check_sizes(len(gathered.baskets), len(gathered.items), gathered.pairs, str(path))
    return _baskets(gathered, timed=time is not None, path=path)


def _moment(value: object, number: int, path: Path) -> Moment:
    """Return a time that can be compared with others: a number, or an ISO date as text."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (int, float)):
        return float(value)
    text = text_of(value, f"the time of row {number} of {path}")
    if not text:
        raise TableError(f"row {number} of {path} has no time; give one, or leave the row out")
    try:
        return float(text)
    except ValueError:
        return text


def _mixed_times(basket: str, path: Path) -> TableError:
    return TableError(
        f"the times of basket {basket} of {path} are partly numbers and partly texts; write them "
        "alike"
    )


def _baskets(gathered: _Gathered, *, timed: bool, path: Path) -> Iterator[Basket]:
    names = list(gathered.items)
    for basket, times in gathered.baskets.items():
        try:
            # Stable: of items with the same time the one that was read later comes later.
            order = sorted(times, key=times.__getitem__) if timed else list(times)
        except TypeError:
            raise _mixed_times(basket, path) from None
        items = [names[number] for number in order]
        yield Basket(tuple(items if timed else sorted(items)), timed)


def checked_baskets(baskets: Iterator[Basket], source: str) -> BasketSet:
    """Check baskets; see `read_baskets`."""
    counts: Counter[Basket] = Counter()
    items: set[str] = set()
    pairs = 0
    for basket in baskets:
        if len(basket.items) > MOST_IN_BASKET:
            raise TableError(
                f"{source} has a basket of {len(basket.items):,} items, and at most "
                f"{MOST_IN_BASKET:,} are taken; is the column of the baskets the right one?"
            )
        pairs += len(basket.items) if basket not in counts else 0
        counts[basket] += 1
        items.update(basket.items)
        _check_sizes(len(counts), len(items), pairs, source)
    _check_items(sorted(items), source)
    if all(len(basket.items) < 2 for basket in counts):
        raise TableError(
            f"each basket of {source} has one item only, so that nothing goes together; is the "
            "column of the baskets the right one?"
        )
    return BasketSet(tuple(counts.items()), tuple(sorted(items)))


def _check_sizes(baskets: int, items: int, pairs: int, source: str) -> None:
    if baskets > MOST_BASKETS:
        raise TableError(f"{source} has more than {MOST_BASKETS:,} baskets; give a sample of them")
    if pairs > MOST_PAIRS:
        raise TableError(
            f"{source} has more than {MOST_PAIRS:,} items in its baskets; give a sample of them"
        )
    if items > MOST_ITEMS:
        raise TableError(
            f"{source} has more than {MOST_ITEMS:,} items; leave out the rarest ones, or give the "
            "groups that they belong to"
        )


def _check_items(items: Sequence[str], source: str) -> None:
    """Raise TableError for items that cannot be recommended or told apart."""
    if len(items) < 2:
        raise TableError(f"{source} has one item only, {items[0]!r}; at least two are needed")
    check_distinct(items, "items", source)
