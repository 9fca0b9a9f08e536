"""A factory for bicycles and its suppliers. Names are abbreviated, as an old system has them.

`business_rows` says what it has in common with the other two businesses.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from billing_words import Draw, Row, moment
from business_rows import Tables, after, between, create, maybe, numbered, people

EMPLOYEES, LEADERS, ORDERS = 60, 7, 140
WORK_ORDERS, STOPS = 240, 130
"""Numbers of rows."""
SUPPLIERS_WITH_ORDERS, MACHINES_AT_WORK = 22, 13
"""The last ones have no orders."""

DEPARTMENTS = [
    "Purchasing",
    "Production",
    "Quality",
    "Logistics",
    "Maintenance",
    "Engineering",
    "Finance",
]
RAW = (
    "Aluminium tube 34 mm,Aluminium tube 28 mm,Steel spoke 262 mm,Brake pad,Chain 11-speed,"
    "Rubber tyre 28 inch,Inner tube 28 inch,Ball bearing 608,Saddle cover,Foam insert,"
    "Hex bolt M6,Hex nut M6,Brake cable,Powder paint black,Powder paint red,Handlebar grip,"
    "LED headlamp,Hub dynamo,Battery cell 18650,Control board,Cardboard box,Reflector"
).split(",")
SEMI = "Frame City,Frame Trekking,Front wheel,Rear wheel,Saddle,Battery pack,Fork".split(",")
FINISHED = "City Bike,Trekking Bike,E-City Bike,E-Trekking Bike,Cargo Bike,Kids Bike".split(",")
WAREHOUSES = [
    ("01", "Main Store", "Brno"),
    ("02", "Overflow", "Brno"),
    ("03", "Finished Goods", "Ostrava"),
    ("04", "Returns", "Olomouc"),
]
MACHINES = (
    "Tube Cutter,Bending Press,Welding Robot A,Welding Robot B,Paint Booth 1,Paint Booth 2,"
    "Wheel Lacer,Truing Stand,Assembly Line 1,Assembly Line 2,Battery Welder,Laser Marker,"
    "Packing Line,Old Lathe,Test Bench"
).split(",")
FIRMS = (
    "Adria Metall,Alpine Tubes,Baltic Rubber,Bohemia Bearings,Carpathia Chem,Danube Steel,"
    "Elbe Fasteners,Formosa Drives,Gelderland Saddles,Hanse Packaging,Iberia Brakes,"
    "Jade Electronics,Krakow Castings,Lombardia Chains,Moravia Paint,Nordic Lights,Oder Plastics,"
    "Pearl River Cells,Quarz Sensors,Rhine Cables,Silesia Tools,Taiping Hubs,Ural Forge,"
    "Vosges Foam,Weser Textiles,Zephyr Wheels"
).split(",")
COUNTRIES = (
    "IT AT PL CZ CZ DE DE TW NL DE IT CN PL IT CZ SE PL CN DE DE PL TW KZ FR DE NL"
).split()
"""Of the firms, in their order."""
STOPPED = ("BRKDN", "SETUP", "NOMAT", "POWER", "CLEAN")


def create_factory(path: Path) -> Path:
    """Write the database to `path` in place of an existing file, and return the path."""
    return create(path, Path(__file__).with_name("factory_schema.sql"), _tables)


def _tables(draw: Draw) -> Tables:
    staff = _staff(draw)
    suppliers, materials = _suppliers(draw), _materials(draw)
    offers = _offers(draw, suppliers, materials)
    orders, lines = _orders(draw, offers, _of(staff, "Purchasing"))
    receipts = _receipts(draw, orders, lines)
    machines = _machines(draw)
    work = numbered(_work(draw, materials, machines, _of(staff, "Production")), 5001)
    return {
        "emp": staff,
        "sup": suppliers,
        "mat": materials,
        "sup_mat": offers,
        "bom": _parts(draw, materials),
        "whs": WAREHOUSES,
        "stk": _stock(draw, materials),
        "po_hdr": orders,
        "po_ln": lines,
        "gr": receipts,
        "mach": machines,
        "wo": work,
        "mach_dwn": numbered(_stops(draw, machines)),
        "qc_insp": numbered(_inspections(draw, work, receipts, _of(staff, "Quality")), 901),
    }


def _of(staff: list[Row], department: str) -> list[str]:
    # The last of each department has nothing to do yet.
    return [row[0] for row in staff if row[2] == department][:-1]


def _staff(draw: Draw) -> list[Row]:
    rows = []
    for place, name in enumerate(people(draw, EMPLOYEES)):
        # The first is the director, then come the heads of the departments.
        head = 1 <= place <= LEADERS
        number = place - 1 if head else draw.choices(range(LEADERS), (6, 16, 7, 5, 5, 4, 3))[0]
        boss = None if place == 0 else "E001" if head else f"E{number + 2:03}"
        hired = between(draw, "2010-01-01", "2025-06-30")
        hired = hired if place else date(2009, 4, 1)
        left = between(draw, max(str(hired), "2023-06-01")) if place > 30 else None
        dismissed = maybe(draw, 0.25, left and str(left))
        department = DEPARTMENTS[number] if place else "Engineering"
        rows.append((f"E{place + 1:03}", name, department, boss, str(hired), dismissed))
    return rows


def _suppliers(draw: Draw) -> list[Row]:
    rows = []
    for place, (name, country) in enumerate(zip(FIRMS, COUNTRIES, strict=True)):
        status = draw.choices("AIB", (75, 15, 10))[0]
        terms, rating = draw.choice((14, 30, 45, 60)), maybe(draw, 0.8, draw.randint(1, 5))
        iso = draw.choice("YYN")
        rows.append((f"S-{101 + place}", name, country, status, terms, rating, iso))
    return rows


def _materials(draw: Draw) -> list[Row]:
    kinds = {"RAW": (RAW, 40, 2500), "SEM": (SEMI, 3000, 15000), "FIN": (FINISHED, 30000, 190000)}
    rows = []
    for digit, (kind, (names, least, most)) in enumerate(kinds.items(), 1):
        for place, name in enumerate(names, 1):
            unit = (
                "m" if "tube 3" in name or "tube 2" in name else "kg" if "paint" in name else "pc"
            )
            lead = draw.randint(5, 90) if kind == "RAW" else None
            safety = draw.randint(1, 40) * 10
            row = (f"{digit}{place:03}", name, kind, unit, draw.randint(least, most), lead, safety)
            rows.append((*row, int(draw.random() < 0.12)))
    return rows


def _offers(draw: Draw, suppliers: list[Row], materials: list[Row]) -> list[Row]:
    rows = []
    for material in [row for row in materials if row[2] == "RAW"][:-1]:
        for place, supplier in enumerate(draw.sample(suppliers, draw.randint(1, 5))):
            price = round(material[4] / 100 * draw.uniform(0.8, 1.4), 2)
            rows.append((supplier[0], material[0], price, "N" if place else "Y"))
    return rows


def _parts(draw: Draw, materials: list[Row]) -> list[Row]:
    raw, semi, finished = (
        [row[0] for row in materials if row[2] == kind] for kind in ("RAW", "SEM", "FIN")
    )
    # Two raw materials are in nothing.
    rows = [(one, part) for one in semi for part in draw.sample(raw[:-2], draw.randint(2, 6))]
    for one in finished:
        rows += [(one, part) for part in draw.sample(semi, 4) + draw.sample(raw[:-2], 5)]
    return [(*row, _count(draw, row[1])) for row in sorted(rows)]


def _count(draw: Draw, part: str) -> int:
    return 1 if part.startswith("2") else draw.choice((1, 1, 1, 2, 2, 4, 8, 32))


def _stock(draw: Draw, materials: list[Row]) -> list[Row]:
    rows = []
    for warehouse, _, _ in WAREHOUSES:
        for material in draw.sample(materials, 8 if warehouse == "04" else 20):
            on_hand = draw.choice((0, draw.randint(1, 900), draw.randint(1, 300)))
            counted = maybe(draw, 0.8, str(between(draw, "2025-01-01")))
            rows.append((warehouse, material[0], on_hand, draw.randint(0, on_hand), counted))
    return rows


def _orders(draw: Draw, offers: list[Row], buyers: list[str]) -> tuple[list[Row], list[Row]]:
    orders, lines = [], []
    days = sorted(str(between(draw)) for _ in range(ORDERS))
    sellers = [row for row in offers if int(row[0][2:]) <= 100 + SUPPLIERS_WITH_ORDERS]
    for place, ordered in enumerate(days, 1):
        number, seller = f"PO{ordered[2:4]}-{place:04}", draw.choice(sellers)[0]
        wanted = datetime.fromisoformat(ordered) + timedelta(draw.randint(7, 60))
        approved = after(draw, ordered, 0, 9)
        recent = ordered > "2025-10-01"
        status = draw.choices("OPCX", (50, 30, 10, 10) if recent else (4, 10, 76, 10))[0]
        signed = None if status in "OX" and draw.random() < 0.5 else approved and str(approved)
        buyer = draw.choice(buyers)
        orders.append((number, seller, buyer, ordered, str(wanted.date()), signed, status))
        able = [row for row in offers if row[0] == seller]
        for line, offer in enumerate(draw.sample(able, min(len(able), draw.randint(1, 4))), 1):
            price = round(offer[2] * draw.uniform(0.9, 1.1), 2)
            lines.append((number, line, offer[1], draw.randint(2, 80) * 10, price))
    return orders, lines


def _receipts(draw: Draw, orders: list[Row], lines: list[Row]) -> list[Row]:
    of_order = {order[0]: order for order in orders}
    rows = []
    for number, line, _, quantity, _ in lines:
        order = of_order[number]
        received = after(draw, order[4], -6, 15)
        if order[6] in "OX" or received is None or (order[6] == "P" and draw.random() < 0.4):
            continue
        share = draw.choice((1, 1, 1, 0.5)) if order[6] == "P" else 1
        rejected = draw.randint(1, quantity // 5) if draw.random() < 0.25 else 0
        where = draw.choice(("01", "01", "02"))
        rows.append((number, line, str(received), int(quantity * share), rejected, where))
    return numbered(sorted(rows, key=lambda row: row[2]), 70001)


def _machines(draw: Draw) -> list[Row]:
    rows = []
    for place, name in enumerate(MACHINES, 1):
        status = "D" if name == "Old Lathe" else draw.choices("RM", (8, 2))[0]
        installed = str(between(draw, "2008-01-01", "2022-12-31"))
        rate = draw.randint(80, 480) / 4
        rows.append((f"M{place:02}", name, draw.choice("ABC"), installed, rate, status))
    return rows


def _work(
    draw: Draw, materials: list[Row], machines: list[Row], supervisors: list[str]
) -> list[Row]:
    made = [row for row in materials if row[2] != "RAW"][:-1]
    rows: list[Row] = []
    for _ in range(WORK_ORDERS):
        start = moment(draw, between(draw, "2023-01-01", "2025-12-20"))
        planned = draw.randint(2, 50) * 10
        recent = start > "2025-11-15"
        status = draw.choices("RFX", (70, 25, 5) if recent else (2, 90, 8))[0]
        end = str(datetime.fromisoformat(start) + timedelta(minutes=draw.randint(200, 7000)))
        scrap = int(planned * draw.choice((0, 0, 0.02, 0.05, 0.1)))
        machine = draw.choice(machines[:MACHINES_AT_WORK])[0]
        row = (draw.choice(made)[0], machine, maybe(draw, 0.93, draw.choice(supervisors)), start)
        if status == "F":
            rows.append((*row, end, planned, planned - scrap, scrap, status))
        else:
            rows.append((*row, None, planned, None, None, status))
    return sorted(rows, key=lambda row: row[3])


def _stops(draw: Draw, machines: list[Row]) -> list[Row]:
    rows = []
    for _ in range(STOPS):
        start = moment(draw, between(draw))
        end = str(datetime.fromisoformat(start) + timedelta(minutes=draw.randint(10, 900)))
        reason = draw.choices(STOPPED, (30, 25, 15, 8, 22))[0]
        row = (draw.choice(machines[:-2])[0], start, maybe(draw, 0.95, end), reason)
        rows.append(row)
    return sorted(rows, key=lambda row: row[1])


def _inspections(
    draw: Draw, work: list[Row], receipts: list[Row], inspectors: list[str]
) -> list[Row]:
    done = [(row[0], None, row[5]) for row in work if row[5] and draw.random() < 0.6]
    done += [(None, row[0], row[3]) for row in receipts if draw.random() < 0.35]
    rows = []
    for order, receipt, ended in done:
        inspected = after(draw, ended, 0, 7)
        if inspected is None:
            continue
        sample = draw.choice((5, 10, 20, 50))
        defects = draw.choice((0, 0, 0, 1, 1, 2, 4))
        result = draw.choices("PFH", (9, 0, 1) if defects < 2 else (1, 7, 2))[0]
        by = draw.choice(inspectors)
        rows.append((order, receipt, by, str(inspected), sample, defects, result))
    return sorted(rows, key=lambda row: row[3])
