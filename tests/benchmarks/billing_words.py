"""Words, prices and days of the billing database, from which billing_database.py draws."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from typing import Any

FIRST_DAY, LAST_DAY = date(2023, 1, 1), date(2025, 6, 30)
"""The days on which accounts open, invoices are issued and so on; some end later."""

FIRST_NAMES = (
    "Aisha Bruno Carla Dmitri Elena Farid Greta Hugo Ines Jonas Kavya Liam Marta Nils Olga Pedro"
).split()
LAST_NAMES = (
    "Abbott Berger Castillo Dubois Eriksen Fischer Grant Haddad Ivanov Jansen Kowalski Larsen "
    "Moreau Novak Okafor Petrov"
).split()
OPENINGS = (
    "Acme Atlas Beacon Cobalt Delta Evergreen Falcon Granite Harbor Ironwood Juniper Keystone "
    "Lakeside Meridian"
).split()
ENDINGS = "Logistics Foods Energy Media Labs Motors Retail Insurance Clinics Hotels".split()
CITIES = "Austin Boston Berlin Leeds Lyon Munich Ottawa Paris Rotterdam Toronto".split()
STREETS = ("Main Street", "Station Road", "Park Avenue", "Mill Lane", "High Street")
FAMILIES = {"Mobile": 19, "Fiber": 34, "Voice": 12, "Cloud": 49, "IoT": 7}
"""Monthly price of the lowest tier."""
TIERS = {"Basic": 1.0, "Plus": 1.6, "Pro": 2.5, "Unlimited": 3.8}
CYCLES = {"M": ("Monthly", 1.0), "Q": ("Quarterly", 2.85), "Y": ("Yearly", 10.8)}
"""What a plan of the cycle is called, and its price as a multiple of the monthly one."""
EXTRAS = (
    "Static IP,Roaming,Extra Storage,Backup,Call Recording,Spam Filter,Priority Support,"
    "Second Line,Analytics,Insurance,Conferencing,Night Rate"
).split(",")
CHARGES = ("Setup fee", "Overage", "Device rental", "Late fee")
SUBJECTS = (
    "Invoice shows wrong amount,Cannot log in,Slow connection,No signal,Change of address,"
    "Refund not received,Router keeps restarting,Payment failed,Upgrade request,Invoice missing"
).split(",")

Row = tuple[Any, ...]
"""A row of a table, in the order of its columns."""
Draw = random.Random
"""A source of random numbers with a fixed seed."""


def day(draw: Draw, first: date, last: date) -> date:
    """Draw a day, both ends included."""
    return first + timedelta(draw.randint(0, (last - first).days))


def moment(draw: Draw, day: date) -> str:
    """Draw a second of a day, in working hours."""
    clock = time(draw.randint(7, 20), draw.randint(0, 59), draw.randint(0, 59))
    return str(datetime.combine(day, clock))


def date_of(moment: str) -> date:
    """Return the day of a date and time."""
    return datetime.fromisoformat(moment).date()


def text_of(day: date | None) -> str | None:
    """Return a day as it is stored; None stays None."""
    return None if day is None else str(day)
