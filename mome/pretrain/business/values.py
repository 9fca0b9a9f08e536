"""Values of columns by their role; `writing` calls `value` for every cell."""

from __future__ import annotations

import random
from collections.abc import Callable

_FIRST = (
    "Ada Amir Bea Carlo Dana Elif Emil Farah Gita Hugo Ines Jonas Kira Lena Luis Mara Milan Nadia "
    "Noah Olga Omar Petra Quinn Rosa Samir Tara Uma Viktor Wanda Yusuf Zoe".split()
)
_LAST = (
    "Abbas Berg Castro Diaz Egli Farkas Gomez Haas Ivanov Jensen Keller Lindt Moreau Novak Okafor "
    "Patel Quist Rossi Sato Tanner Ueda Vogel Weber Xu Yilmaz Zeller".split()
)
_FIRM_STARTS = (
    "Alpine Baltic Cedar Delta Ember Fjord Granite Harbor Iris Juniper Kestrel Lumen Maple Nordic "
    "Orbit Pioneer Quartz Ridge Summit Tidal Umbra Vertex Willow Zenith".split()
)
_FIRM_ENDS = "Foods Works Labs Trading Partners Motors Health Media Energy Textiles".split()
_THINGS = (
    "Lantern Kettle Compass Beacon Falcon Anchor Harvest Horizon Marble Meadow Mosaic Nimbus Oasis "
    "Pelican Prism River Saffron Signal Thistle Voyage".split()
)
_TRAITS = "Blue Classic Compact Digital Eco Grand Light Prime Red Silent Smart Solid".split()
CITIES = (
    "Aarhus Basel Bergen Bologna Bristol Cork Dresden Ghent Graz Leeds Lyon Malaga Nantes Porto "
    "Riga Turin Utrecht Zurich".split()
)
COUNTRIES = {
    "Austria": "AT",
    "Belgium": "BE",
    "Canada": "CA",
    "Denmark": "DK",
    "France": "FR",
    "Germany": "DE",
    "Italy": "IT",
    "Japan": "JP",
    "Norway": "NO",
    "Portugal": "PT",
    "Spain": "ES",
    "Switzerland": "CH",
}
"""Country -> its code."""
_SENTENCES = ("see mail", "call back", "checked by phone", "imported", "ask finance", "ok")

Cell = Callable[[random.Random, tuple[str, ...]], object]


def person(rng: random.Random) -> str:
    """Return a first and a last name."""
    return f"{rng.choice(_FIRST)} {rng.choice(_LAST)}"


def _company(rng: random.Random, details: tuple[str, ...]) -> str:
    return f"{rng.choice(_FIRM_STARTS)} {rng.choice(_FIRM_ENDS)}"


def _product(rng: random.Random, details: tuple[str, ...]) -> str:
    return f"{rng.choice(_TRAITS)} {rng.choice(_THINGS)}"


def _email(rng: random.Random, details: tuple[str, ...]) -> str:
    return f"{rng.choice(_FIRST).lower()}.{rng.choice(_LAST).lower()}@example.org"


def _code(rng: random.Random, details: tuple[str, ...]) -> str:
    return f"{details[0]}-{rng.randrange(1000, 99999)}"


def _money(rng: random.Random, details: tuple[str, ...]) -> float:
    """Return an amount, small ones more often; where it may be 0 it often is."""
    low, high = map(float, details)
    if low == 0 and rng.random() < 0.4:
        return 0.0
    return round(low + (high - low) * rng.random() ** 2, 2)


def _count(rng: random.Random, details: tuple[str, ...]) -> int:
    low, high = map(int, details)
    return rng.randint(low, high)


def _hours(rng: random.Random, details: tuple[str, ...]) -> float:
    low, high = map(float, details)
    return round(rng.uniform(low, high) * 2) / 2


def _thing(rng: random.Random, details: tuple[str, ...]) -> str:
    return rng.choice(details)


VALUES: dict[str, Cell] = {
    "company": _company,
    "person": lambda rng, details: person(rng),
    "product": _product,
    "thing": _thing,
    "city": lambda rng, details: rng.choice(CITIES),
    "country": lambda rng, details: rng.choice(tuple(COUNTRIES)),
    "email": _email,
    "phone": lambda rng, details: f"+41 {rng.randrange(10**8, 10**9)}",
    "login": lambda rng, details: rng.choice(_FIRST).lower(),
    "prose": lambda rng, details: f"{rng.choice(_SENTENCES)} {rng.randrange(500)}",
    "code": _code,
    "money": _money,
    "count": _count,
    "hours": _hours,
    "percent": lambda rng, details: float(rng.choice((0, 5, 10, 15, 20, 25, 50, 75, 90))),
    "year": lambda rng, details: rng.randint(1950, 2022),
}
"""Role -> its values; dates, kinds, flags and keys are drawn by `writing`."""
