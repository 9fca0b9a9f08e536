"""A billing database of a telecom company, made up here, so that no model was trained on it.

`bench_questions` and `bench_readers` ask about it. Names are as several systems would have brought
them together: abbreviated (`inv_hdr.tot_amt`), prefixed (`sbTransaction.sbTxAmount`) and plain
(`support_ticket.opened_at`). The rows are drawn from a fixed seed: they are the same on every run.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import product
from pathlib import Path

from billing_documents import invoices_of, payments_of, refunds_of
from billing_words import (
    CITIES,
    CYCLES,
    ENDINGS,
    EXTRAS,
    FAMILIES,
    FIRST_DAY,
    FIRST_NAMES,
    LAST_DAY,
    LAST_NAMES,
    OPENINGS,
    STREETS,
    SUBJECTS,
    TIERS,
    Draw,
    Row,
    day,
    moment,
    text_of,
)
from business_rows import create

MANAGERS, ACCOUNTS, SUBSCRIPTIONS = 60, 160, 260
TICKETS, USAGES, TRANSFERS = 300, 400, 80
"""Numbers of rows."""

BUSINESSES = 100
"""Accounts that are companies; the others are people."""
DIRECTORS = 7
"""The first managers, who have the others under them."""
MANAGERS_WITH_ACCOUNTS = 50
ACCOUNTS_WITH_PLANS = 146
"""The last rows have none, so that a question with "without" has an answer."""

SCHEMA = Path(__file__).with_name("billing_schema.sql")


def create_billing(path: Path) -> Path:
    """Write the database to `path` in place of an existing file, and return the path."""
    return create(path, SCHEMA, _tables)


def _tables(draw: Draw) -> dict[str, list[Row]]:
    people = draw.sample([f"{one} {other}" for one in FIRST_NAMES for other in LAST_NAMES], 120)
    managers = [_manager(draw, number, people[number - 1]) for number in range(1, MANAGERS + 1)]
    accounts = _accounts(draw, people[MANAGERS:])
    addresses = _addresses(draw, accounts)
    plans, extras = _plans(draw), _extras(draw)
    subscriptions = _subscriptions(draw, accounts, plans)
    bridge = _bridge(draw, subscriptions, extras)
    invoices, lines = invoices_of(draw, subscriptions, addresses, plans)
    payments = payments_of(draw, accounts, invoices)
    return {
        "acct_mgr": managers,
        "cust_acct": accounts,
        "cust_addr": addresses,
        "service_plan": plans,
        "add_on": extras,
        "subscription": subscriptions,
        "subscription_addon": bridge,
        "inv_hdr": invoices,
        "inv_ln": lines,
        "sbTransaction": payments,
        "sbRefund": refunds_of(draw, payments),
        "support_ticket": [_ticket(draw, accounts, 7001 + place) for place in range(TICKETS)],
        "usage_event": [_usage(draw, subscriptions, 1 + place) for place in range(USAGES)],
        "credit_transfer": [_transfer(draw, accounts, 1 + place) for place in range(TRANSFERS)],
    }


def _manager(draw: Draw, number: int, name: str) -> Row:
    boss = draw.randint(2, DIRECTORS) if number > DIRECTORS else 1
    email = name.lower().replace(" ", ".") + "@telco.example"
    region = draw.choice(("NORTH", "SOUTH", "EAST", "WEST"))
    hired = day(draw, date(2012, 1, 1), date(2022, 12, 31))
    return (number, name, email, region, str(hired), None if number == 1 else boss)


def _accounts(draw: Draw, people: list[str]) -> list[Row]:
    firms = [f"{one} {other}" for one in OPENINGS for other in ENDINGS]
    names = draw.sample(firms, BUSINESSES) + people[: ACCOUNTS - BUSINESSES]
    firm = set(firms)
    draw.shuffle(names)
    rows: list[Row] = []
    for place, name in enumerate(names):
        kind = "B" if name in firm else "R"
        status = draw.choices("ASC", (75, 10, 15))[0]
        # The earlier of two days, so that most accounts have a history.
        opened = min(day(draw, FIRST_DAY, date(2024, 12, 31)) for _ in range(2))
        deleted = moment(draw, opened + timedelta(draw.randint(30, 180)))
        country = draw.choices(("US", "GB", "DE", "FR", "CA", "NL"), (30, 15, 20, 15, 10, 10))[0]
        limit = draw.randint(1, 40) * 500 if kind == "B" or draw.random() < 0.6 else None
        manager = draw.randint(DIRECTORS + 1, MANAGERS_WITH_ACCOUNTS)
        parents = [row[0] for row in rows[:30] if row[2] == "B"]
        has_parent = kind == "B" and place >= 30 and draw.random() < 0.3
        rows.append(
            (
                f"C-{10001 + place}",
                name,
                kind,
                status,
                _email(draw, name, kind),
                country,
                limit,
                str(opened),
                manager if draw.random() < 0.85 else None,
                draw.choice(parents) if has_parent else None,
                deleted if status == "C" and draw.random() < 0.6 else None,
            )
        )
    return rows


def _email(draw: Draw, name: str, kind: str) -> str | None:
    if draw.random() < 0.1:
        return None
    first, last = name.lower().split()
    if kind == "B":
        return f"{draw.choice(('billing', 'accounts', 'office'))}@{first}{last}.com"
    return f"{first}.{last}@{draw.choice(('gmail.com', 'gmail.com', 'outlook.com', 'gmx.de'))}"


def _addresses(draw: Draw, accounts: list[Row]) -> list[Row]:
    owners = [row[0] for row in accounts] + [row[0] for row in draw.sample(accounts, 60)]
    return [
        (
            place,
            owner,
            f"{draw.randint(1, 199)} {draw.choice(STREETS)}",
            draw.choice(CITIES),
            str(draw.randint(10000, 99999)),
        )
        for place, owner in enumerate(owners, 1)
    ]


def _plans(draw: Draw) -> list[Row]:
    rows = []
    for family, tier, cycle in product(FAMILIES, TIERS, CYCLES):
        word, months = CYCLES[cycle]
        code = f"{family[:3].upper()}-{tier[:3].upper()}-{cycle}"
        launched = day(draw, date(2021, 1, 1), date(2022, 12, 31))
        retired = day(draw, date(2024, 1, 1), LAST_DAY) if draw.random() < 0.2 else None
        price = round(FAMILIES[family] * TIERS[tier] * months) - 0.1
        name = f"{family} {tier} {word}"
        rows.append((code, name, family, cycle, price, str(launched), text_of(retired)))
    return rows


def _extras(draw: Draw) -> list[Row]:
    rows = []
    for family in FAMILIES:
        for place, extra in enumerate(EXTRAS, 1):
            code, fee = f"{family[0]}{place:02}", draw.randint(2, 30) - 0.05
            rows.append((code, f"{family} {extra}", family, fee, int(draw.random() < 0.7)))
    return rows


def _subscriptions(draw: Draw, accounts: list[Row], plans: list[Row]) -> list[Row]:
    # Every tenth plan is never sold.
    sold = [plan for place, plan in enumerate(plans, 1) if place % 10]
    rows = []
    for number in range(1, SUBSCRIPTIONS + 1):
        account, plan = draw.choice(accounts[:ACCOUNTS_WITH_PLANS]), draw.choice(sold)
        opened = date.fromisoformat(account[7])
        start = min(opened + timedelta(draw.randint(0, 400)), date(2025, 4, 30))
        end = start + timedelta(draw.randint(20, 500))
        ended = draw.random() < 0.5 and end <= LAST_DAY
        cancelled = ended and draw.random() < 0.6
        asked = moment(draw, end - timedelta(draw.randint(1, 14)))
        reason = draw.choice(("price", "service", "moved", "competitor"))
        rows.append(
            (
                number,
                account[0],
                plan[0],
                draw.randint(1, 50) if account[2] == "B" else 1,
                str(start),
                str(end) if ended else None,
                asked if cancelled else None,
                reason if cancelled else None,
            )
        )
    return rows


def _bridge(draw: Draw, subscriptions: list[Row], extras: list[Row]) -> list[Row]:
    rows = []
    for subscription in subscriptions:
        # The first letters of a plan's code and of an add-on's are those of the family.
        fitting = [extra[0] for extra in extras if extra[0][0] == subscription[2][0]]
        for code in sorted(draw.sample(fitting, draw.choice((0, 0, 1, 1, 2, 3)))):
            start = date.fromisoformat(subscription[4])
            rows.append((subscription[0], code, str(start + timedelta(draw.randint(0, 60)))))
    return rows


def _ticket(draw: Draw, accounts: list[Row], number: int) -> Row:
    opened = datetime.fromisoformat(moment(draw, day(draw, FIRST_DAY, LAST_DAY)))
    response = opened + timedelta(minutes=draw.randint(5, 4000))
    closed = response + timedelta(minutes=draw.randint(30, 20000))
    answered = draw.random() < 0.92
    is_closed = answered and draw.random() < 0.85
    return (
        number,
        draw.choice(accounts[3:])[0],
        draw.randint(10, MANAGERS) if draw.random() < 0.9 else None,
        draw.randint(1, DIRECTORS + 5) if draw.random() < 0.25 else None,
        draw.choices(("P1", "P2", "P3", "P4"), (10, 25, 40, 25))[0],
        draw.choice(("email", "phone", "chat", "portal")),
        draw.choice(SUBJECTS),
        str(opened),
        str(response) if answered else None,
        str(closed) if is_closed else None,
        draw.randint(1, 5) if is_closed and draw.random() < 0.6 else None,
    )


def _usage(draw: Draw, subscriptions: list[Row], number: int) -> Row:
    row = draw.choice(subscriptions[10:])
    last = LAST_DAY if row[5] is None else date.fromisoformat(row[5])
    kind = draw.choice(("voice", "data", "data", "sms"))
    used = str(day(draw, date.fromisoformat(row[4]), last))
    return (number, row[0], used, kind, draw.randint(1, 900), draw.randint(5, 4000) / 100)


def _transfer(draw: Draw, accounts: list[Row], number: int) -> Row:
    sender, receiver = draw.sample(accounts, 2)
    sent = str(day(draw, FIRST_DAY, LAST_DAY))
    return (number, sender[0], receiver[0], draw.randint(500, 50000) / 100, sent)
