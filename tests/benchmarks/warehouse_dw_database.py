"""A retailer's data warehouse: a star schema as a business intelligence team builds it.

`business_rows` says what it has in common with the other businesses.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from billing_words import Draw, Row
from business_rows import FIRST, LAST, Tables, after, between, create, maybe, numbered, people

CUSTOMERS, COMPANIES, RECEIPTS = 130, 34, 1500
"""Numbers of rows; the last customers are companies and public bodies."""
BUYERS = 124

STORES = [
    ("Hamburg Alsterhaus", "Hamburg", "North", "flagship", 2400, "2009-03-12"),
    ("Hamburg Outlet", "Hamburg", "North", "outlet", 900, "2016-09-01"),
    ("Kiel Sophienhof", "Kiel", "North", "mall", 1150, "2018-04-20"),
    ("Berlin Mitte", "Berlin", "East", "flagship", 2900, "2007-10-05"),
    ("Leipzig Center", "Leipzig", "East", "mall", 1300, "2014-05-15"),
    ("Cologne Dom", "Cologne", "West", "flagship", 2100, "2011-11-11"),
    ("Essen Outlet", "Essen", "West", "outlet", 850, "2019-02-01"),
    ("Munich Marienplatz", "Munich", "South", "flagship", 2650, "2010-06-24"),
    ("Munich Arcaden", "Munich", "South", "mall", 1400, "2020-08-14"),
    ("Stuttgart West", "Stuttgart", "South", "mall", 1250, "2024-03-01"),
]
"""Name, city, region, format, area and opening."""
RANGE = {
    "Electronics": {"Headphones": 90, "Wearables": 180, "Speakers": 120},
    "Home": {"Lamps": 45, "Cookware": 60, "Bedding": 35},
    "Sports": {"Running Shoes": 85, "Yoga": 25, "Camping": 110},
    "Toys": {"Puzzles": 15, "Building Sets": 40},
}
"""Categories, subcategories and their lowest list price."""
BRANDS = {
    "Electronics": ("Auralis", "Kestrel", "Voltano"),
    "Home": ("Nordlys", "Pinewood"),
    "Sports": ("Veloce", "Kestrel", "Pinewood"),
    "Toys": ("Tinka", "Brixel"),
}
MODELS = ("One", "Pro", "Lite")
PROMOTIONS = [
    ("Winter Clearance 2023", "seasonal", 20230110, 20230205),
    ("Spring Start 2024", "seasonal", 20240315, 20240414),
    ("Back to School 2024", "bundle", 20240815, 20240915),
    ("Black Week 2024", "flash sale", 20241122, 20241130),
    ("Gold Days 2025", "loyalty", 20250301, 20250331),
    ("Summer Sale 2025", "seasonal", 20250701, 20250815),
    ("Black Week 2025", "flash sale", 20251121, 20251130),
    ("New Year Bundle 2026", "bundle", 20251231, 20251231),
]
"""Name, type, first and last day. Nothing was sold in the last one."""
DISCOUNTS = {"seasonal": 0.2, "bundle": 0.1, "flash sale": 0.3, "loyalty": 0.15}
REASONS = ("defective", "wrong size", "changed mind", "not as described", "gift")
HOLIDAYS = ("01-01", "05-01", "10-03", "12-25", "12-26")
CITIES = ("Hamburg", "Berlin", "Leipzig", "Cologne", "Munich", "Stuttgart")
TIERS = ("Bronze", "Silver", "Gold")
FIRMS = "Alster Elbe Spree Isar Rhein Neckar Saale Havel Weser".split()
FORMS = {"Business": ("Consulting", "Hotels", "Architects"), "Public Sector": ("School", "Clinic")}


def create_warehouse_dw(path: Path) -> Path:
    """Write the database to `path` in place of an existing file, and return the path."""
    return create(path, Path(__file__).with_name("warehouse_dw_schema.sql"), _tables)


def _tables(draw: Draw) -> Tables:
    stores, products = numbered(STORES), numbered(_products(draw))
    customers = numbered(_customers(draw))
    sales = numbered(_sales(draw, stores, products[:-1], customers[:BUYERS]))
    return {
        "dim_date": [_day(FIRST + timedelta(n)) for n in range((LAST - FIRST).days + 1)],
        "dim_store": stores,
        "dim_product": products,
        "dim_customer": customers,
        "dim_promotion": numbered(PROMOTIONS),
        "fact_sales": sales,
        "fact_returns": numbered(_returns(draw, sales, products)),
        "fact_inventory_snapshot": _snapshots(draw, stores, products),
    }


def _key(day: date) -> int:
    return int(f"{day:%Y%m%d}")


def _date(key: int) -> date:
    return date(key // 10000, key // 100 % 100, key % 100)


def _day(day: date) -> Row:
    is_holiday = int(f"{day:%m-%d}" in HOLIDAYS)
    names = (f"{day:%B}", f"{day:%A}", is_holiday)
    return (_key(day), str(day), day.year, (day.month + 2) // 3, day.month, *names)


def _products(draw: Draw) -> list[Row]:
    rows = []
    for category, parts in RANGE.items():
        for part, lowest in parts.items():
            for place, model in enumerate(MODELS):
                brand = draw.choice(BRANDS[category])
                price = round(lowest * (1.6, 2.4, 1)[place] + draw.randint(0, 20)) - 0.05
                old = int(draw.random() < 0.15)
                name = f"{brand} {part.removesuffix('s')} {model}"
                rows.append((name, category, part, brand, round(price, 2), old))
    return rows


def _customers(draw: Draw) -> list[Row]:
    rows: list[Row] = []
    for name in people(draw, CUSTOMERS - COMPANIES):
        tier = maybe(draw, 0.6, draw.choices(TIERS, (5, 3, 2))[0])
        rows.append((name, "Consumer", draw.choice(CITIES), tier))
    kinds = [(kind, form) for kind, forms in FORMS.items() for form in forms]
    firms = [(f"{firm} {form}", kind) for firm in FIRMS for kind, form in kinds]
    for name, kind in draw.sample(firms, COMPANIES):
        rows.append((name, kind, draw.choice(CITIES), maybe(draw, 0.2, "Silver")))
    draw.shuffle(rows)
    return rows


def _sales(draw: Draw, stores: list[Row], products: list[Row], customers: list[Row]) -> list[Row]:
    rows = []
    days = sorted(_shopping_day(draw) for _ in range(RECEIPTS))
    for receipt, day in enumerate(days, 700001):
        able = [store for store in stores if store[6] <= str(day)]
        store = draw.choices(able, [row[5] - row[0] * 20 for row in able])[0]
        customer = maybe(draw, 0.75, draw.choice(customers))
        for product in draw.sample(products, draw.choices((1, 2, 3), (5, 3, 2))[0]):
            rows.append(_sale(draw, day, store, product, customer, receipt))
    return rows


def _shopping_day(draw: Draw) -> date:
    """Draw a day; later years and the months before Christmas have more."""
    while True:
        day = between(draw)
        weight = 0.5 + 0.12 * (day.year - 2023) + 0.25 * (day.month >= 11)
        if draw.random() < weight:
            return day


def _sale(
    draw: Draw, day: date, store: Row, product: Row, customer: Row | None, receipt: int
) -> Row:
    is_company = customer is not None and customer[2] != "Consumer"
    quantity = draw.randint(2, 12) if is_company else draw.choices((1, 2, 3), (7, 2, 1))[0]
    promotion = next(
        (row for row in numbered(PROMOTIONS[:-1]) if row[3] <= _key(day) <= row[4]), None
    )
    promotion = maybe(draw, 0.7, promotion)
    discount = DISCOUNTS[promotion[2]] if promotion else draw.choice((0, 0, 0, 0.05))
    gross = round(product[5] * quantity, 2)
    net = round(gross * (1 - discount), 2)
    cost = round(gross * draw.uniform(0.45, 0.75), 2)
    keys = (_key(day), store[0], product[0], customer and customer[0], promotion and promotion[0])
    return (*keys, receipt, quantity, gross, net, cost)


def _returns(draw: Draw, sales: list[Row], products: list[Row]) -> list[Row]:
    rows = []
    for sale in sales:
        product = products[sale[3] - 1]
        chance = 0.16 if product[3] in ("Running Shoes", "Wearables") else 0.05
        back = after(draw, _date(sale[1]), 1, 30)
        if back is None or draw.random() > chance or product[0] % 10 == 4:
            continue
        quantity = draw.randint(1, sale[7])
        refund = round(sale[9] * quantity / sale[7], 2)
        reason = maybe(draw, 0.9, draw.choice(REASONS))
        rows.append((sale[0], _key(back), sale[2], sale[3], quantity, refund, reason))
    return sorted(rows, key=lambda row: row[1])


def _snapshots(draw: Draw, stores: list[Row], products: list[Row]) -> list[Row]:
    """Count the stock on the last day of each month of 2025 and at the end of 2024."""
    rows = []
    for month in range(13):
        first = date(2025 + month // 12, month % 12 + 1, 1)
        for store in stores:
            for product in products:
                if (store[0] + product[0]) % 3:
                    stock = max(0, draw.randint(-2, 40))
                    ordered = draw.choice((0, 0, 10, 20)) if stock > 5 else draw.choice((0, 20, 30))
                    key = _key(first - timedelta(1))
                    rows.append((key, store[0], product[0], stock, ordered))
    return rows
