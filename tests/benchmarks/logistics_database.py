"""A freight forwarder, whose tables have a module's prefix and whose values are short codes.

`business_rows` says what it has in common with the other businesses.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from billing_words import Draw, Row, moment
from business_rows import LAST, Tables, after, between, create, maybe, numbered, people

CUSTOMERS, DRIVERS, VEHICLES, SHIPMENTS = 44, 46, 38, 900
"""Numbers of rows."""
BUSY_CUSTOMERS, BUSY_DRIVERS, BUSY_VEHICLES = 41, 43, 36
"""The last rows have no shipments or trips."""

DEPOTS = [
    ("HAM", "Hamburg Hub", "Hamburg", "DE", 42, "2012-04-01", None),
    ("BRE", "Weser Yard", "Bremen", "DE", 18, "2014-09-15", None),
    ("CGN", "Rhine Gate", "Cologne", "DE", 36, "2011-01-10", None),
    ("MUC", "Munich South", "Munich", "DE", 31, "2013-05-02", None),
    ("LEJ", "Leipzig Cross", "Leipzig", "DE", 24, "2024-02-01", None),
    ("AMS", "Amsterdam Port", "Amsterdam", "NL", 28, "2015-03-01", None),
    ("ANR", "Scheldt Quay", "Antwerp", "BE", 22, "2017-10-01", None),
    ("LIL", "Lille Nord", "Lille", "FR", 14, "2016-06-01", "2024-09-30"),
    ("SZG", "Salzburg Alps", "Salzburg", "AT", 11, "2019-08-01", None),
    ("WAW", "Warsaw East", "Warsaw", "PL", 16, "2025-12-01", None),
]
"""Code, name, city, country, docks, opened and closed."""
HUBS = ("HAM", "CGN", "MUC")
WORKING = [row[0] for row in DEPOTS[:9]]
SERVICES = [
    ("EXP", "Express", 1),
    ("STD", "Standard", 3),
    ("ECO", "Economy", 6),
    ("FRZ", "Frozen", 2),
    ("AIR", "Air Freight", 2),
]
PRICES = {"EXP": 1.9, "STD": 1.0, "ECO": 0.7, "FRZ": 1.6}
"""Freight per kilogram; nobody has booked air freight yet."""
TYPES = {"VAN": 1100, "TRK": 7500, "ART": 24000, "REF": 9000}
"""Payload of each type of vehicle."""
OPENINGS = "Nordwind Alpina Helios Baltic Rhenus Orbis Vega Lumen Castor Tulip Hansa".split()
ENDINGS = "Pharma Foods Tools Textiles Optics Furniture Chemicals Books".split()
CITIES = [
    ("Hamburg", "DE"),
    ("Berlin", "DE"),
    ("Stuttgart", "DE"),
    ("Rotterdam", "NL"),
    ("Ghent", "BE"),
    ("Lyon", "FR"),
    ("Vienna", "AT"),
]


def create_logistics(path: Path) -> Path:
    """Write the database to `path` in place of an existing file, and return the path."""
    return create(path, Path(__file__).with_name("logistics_schema.sql"), _tables)


def _tables(draw: Draw) -> Tables:
    routes = numbered(_routes(draw))
    customers = numbered(_customers(draw))
    shipments = _shipments(draw, customers[:BUSY_CUSTOMERS])
    drivers, vehicles = _drivers(draw), numbered([_vehicle(draw) for _ in range(VEHICLES)])
    invoices, lines = _invoices(draw, shipments)
    return {
        "lg_depot": DEPOTS,
        "lg_vehicle": vehicles,
        "lg_driver": drivers,
        "lg_customer": customers,
        "lg_service": SERVICES,
        "lg_route": routes,
        "lg_shipment": shipments,
        "lg_ship_leg": _legs(draw, shipments, routes, vehicles[:BUSY_VEHICLES]),
        "lg_scan": numbered(_scans(draw, shipments)),
        "lg_invoice": invoices,
        "lg_invoice_line": lines,
        "lg_claim": numbered(_claims(draw, shipments)),
    }


def _routes(draw: Draw) -> list[Row]:
    """Join each hub to every other depot, both ways."""
    rows = []
    for start in WORKING:
        for end in WORKING:
            if start != end and (start in HUBS or end in HUBS):
                km = draw.randint(120, 880)
                number = f"R-{100 + len(rows)}"
                rows.append((number, start, end, km, round(km * draw.uniform(0.08, 0.25), 2)))
    return rows


def _customers(draw: Draw) -> list[Row]:
    rows = []
    names = [f"{opening} {ending}" for opening in OPENINGS for ending in ENDINGS]
    for name in draw.sample(names, CUSTOMERS):
        segment = draw.choices(("KEY", "STD", "SPT"), (2, 5, 3))[0]
        city, country = draw.choice(CITIES)
        limit = draw.randint(3, 60) * {"KEY": 500, "STD": 150, "SPT": 50}[segment]
        since = str(between(draw, "2015-01-01", "2024-12-31"))
        rows.append((name, segment, city, country, limit, since))
    return rows


def _drivers(draw: Draw) -> list[Row]:
    rows: list[Row] = []
    for number, name in enumerate(people(draw, DRIVERS), 1):
        hired = between(draw, "2012-01-01", "2022-12-31")
        left = after(draw, date(2024, 1, 1), 30, 700) if number > BUSY_DRIVERS - 4 else None
        mentor = draw.randint(1, 12) if number > 6 else None
        mentor = maybe(draw, 0.7, None if mentor == number else mentor)
        rows.append((number, name, draw.choice(WORKING), mentor, str(hired), left and str(left)))
    return rows


def _vehicle(draw: Draw) -> Row:
    kind = draw.choices(list(TYPES), (4, 4, 3, 2))[0]
    plate = f"{draw.choice(('HH', 'K', 'M'))}-LG {draw.randint(1000, 9999)}"
    load = TYPES[kind] + draw.randint(0, 40) * 10
    registered = between(draw, "2015-01-01", "2024-06-30")
    retired = maybe(draw, 0.15, str(between(draw, "2025-01-01")))
    return (plate, kind, draw.choice(WORKING[:7]), load, str(registered), retired)


def _shipments(draw: Draw, customers: list[Row]) -> list[Row]:
    days = sorted(between(draw) for _ in range(SHIPMENTS))
    return [_shipment(draw, 50000 + n, booked, customers) for n, booked in enumerate(days, 1)]


def _shipment(draw: Draw, number: int, booked: date, customers: list[Row]) -> Row:
    weights = [{"KEY": 25, "STD": 12, "SPT": 1}[customer[2]] for customer in customers]
    customer = draw.choices(customers, weights)[0]
    service = draw.choices(SERVICES[:4], (30, 40, 20, 10))[0]
    start, end = draw.sample(_working_on(str(booked)), 2)
    created = moment(draw, booked)
    promised = booked + timedelta(service[2])
    status = draw.choices(("DLV", "RTN", "LST", "TRN"), (88, 6, 3, 2))[0]
    if (LAST - booked).days < 11:
        status = draw.choice(("NEW", "TRN"))
    late = draw.choices((0, 1, 2, 4), (80, 12, 5, 3))[0]
    arrived = f"{promised + timedelta(late)} {draw.randint(8, 17):02}:{draw.randint(0, 59):02}:00"
    weight = round(draw.lognormvariate(4.6, 1.2), 1)
    place = (customer[0], service[0], start, end, status, weight, draw.randint(100, 9000) / 2)
    times = (created, f"{promised} 18:00:00", arrived if status == "DLV" else None)
    return (number, *place, *times)


def _working_on(day: str) -> list[str]:
    """Return the codes of the depots that are open on a day."""
    open_ones = [row for row in DEPOTS[:9] if row[5] <= day and (row[6] or "9") > day]
    return [row[0] for row in open_ones]


def _legs(draw: Draw, shipments: list[Row], routes: list[Row], vehicles: list[Row]) -> list[Row]:
    between_depots = {(route[2], route[3]): route for route in routes}
    rows = []
    for shipment in shipments:
        start, end = shipment[3], shipment[4]
        hub = draw.choice([hub for hub in HUBS if hub not in (start, end)])
        direct = (start, end) in between_depots and draw.random() < 0.8
        pairs = [(start, end)] if direct else [(start, hub), (hub, end)]
        leaves = _epoch(shipment[8]) + draw.randint(2, 9) * 3600
        for place, pair in enumerate(pairs if shipment[5] != "NEW" else [], 1):
            route = between_depots[pair]
            lasts = round(route[4] / draw.uniform(55, 80) * 60) * 60
            vehicle = _able(draw, vehicles, leaves)
            driver = draw.randint(1, BUSY_DRIVERS - 4)
            done = None if shipment[5] == "TRN" and place == len(pairs) else leaves + lasts
            rows.append((shipment[0], place, route[0], vehicle[0], driver, leaves, done))
            leaves += lasts + draw.randint(1, 6) * 1800
    return rows


def _able(draw: Draw, vehicles: list[Row], leaves: int) -> Row:
    """Draw a vehicle that is in service then."""
    day = str(datetime.fromtimestamp(leaves, UTC).date())
    return draw.choice([row for row in vehicles if row[5] < day and (row[6] or "9") > day])


def _scans(draw: Draw, shipments: list[Row]) -> list[Row]:
    rows = []
    for shipment in shipments[::2]:
        start = _epoch(shipment[8]) + draw.randint(600, 7000)
        rows.append((shipment[0], shipment[3], "INB", start))
        if shipment[5] != "NEW":
            rows.append((shipment[0], shipment[3], "OUT", start + draw.randint(3600, 20000)))
            extra = draw.choices((None, "HLD", "DMG"), (80, 12, 8))[0]
            if extra:
                rows.append((shipment[0], shipment[4], extra, start + draw.randint(50000, 90000)))
    return sorted(rows, key=lambda row: row[3])


def _invoices(draw: Draw, shipments: list[Row]) -> tuple[list[Row], list[Row]]:
    """Bill the shipments of a customer and a month together in the month that follows."""
    billed: dict[tuple[str, int], list[Row]] = defaultdict(list)
    for shipment in shipments:
        billed[shipment[8][:7], shipment[1]].append(shipment)
    invoices: list[Row] = []
    lines: list[Row] = []
    for number, ((month, customer), sent) in enumerate(sorted(billed.items()), 20001):
        first = (date.fromisoformat(f"{month}-28") + timedelta(5)).replace(day=1)
        issued = first + timedelta(draw.randint(0, 8))
        if issued > LAST:
            continue
        due = issued + timedelta(draw.choice((14, 30)))
        paid = maybe(draw, 0.92, after(draw, issued, 3, 55))
        invoices.append((number, customer, str(issued), str(due), paid and str(paid)))
        charged = [
            (shipment[0], *charge) for shipment in sent for charge in _charges(draw, shipment)
        ]
        lines += [(number, place, *charge) for place, charge in enumerate(charged, 1)]
    return invoices, lines


def _charges(draw: Draw, shipment: Row) -> list[tuple[str, float]]:
    freight = round(18 + shipment[6] * PRICES[shipment[2]] * draw.uniform(0.8, 1.2), 2)
    charges = [("FRT", freight)]
    for code, chance in (("FUE", 0.8), ("TOL", 0.4), ("HDL", 0.15)):
        if draw.random() < chance:
            charges.append((code, round(freight * draw.uniform(0.04, 0.15), 2)))
    return charges


def _claims(draw: Draw, shipments: list[Row]) -> list[Row]:
    rows = []
    for shipment in shipments:
        lost = shipment[5] == "LST"
        if draw.random() > (0.8 if lost else 0.09) or shipment[5] in ("NEW", "TRN"):
            continue
        kind = "LOS" if lost else draw.choice(("DMG", "DMG", "DLY"))
        opened = after(draw, shipment[9], 1, 30)
        if opened is None:
            continue
        asked = round(shipment[7] * (1 if lost else draw.uniform(0.1, 0.9)), 2)
        closed = maybe(draw, 0.85, after(draw, opened, 5, 120))
        paid = round(asked * draw.choice((0, 0.4, 0.5, 0.8, 1)), 2) if closed else None
        shut = closed and moment(draw, closed)
        rows.append((shipment[0], kind, asked, paid, moment(draw, opened), shut))
    return sorted(rows, key=lambda row: row[4])


def _epoch(stored: str) -> int:
    return int(datetime.fromisoformat(stored).replace(tzinfo=UTC).timestamp())
