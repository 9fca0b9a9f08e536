"""A charity that raises money and pays for aid. Names are in CamelCase.

`business_rows` says what it has in common with the other two businesses.
"""

from __future__ import annotations

from pathlib import Path

from billing_words import Draw, Row
from business_rows import Tables, after, between, create, maybe, numbered, people, time_on

EMPLOYEES, VOLUNTEERS, PERSONS, DONATIONS, PLEDGES = 24, 45, 90, 520, 90
GRANTS, SHIFTS, EXPENSES = 60, 210, 180
"""Numbers of rows."""
DONORS_WHO_GAVE, VOLUNTEERS_AT_WORK = 122, 40
"""The last ones never gave or worked."""

ROLES = ("Fundraiser", "Fundraiser", "Program Officer", "Accountant", "Communications")
COMPANIES = (
    "Alder Bank,Brightwater Foods,Cedar Mobility,Dovetail Software,Elmwood Dairies,Fairhaven Ports,"
    "Goldfinch Energy,Hillside Bakeries,Inkwell Press,Jasmine Cosmetics,Kingfisher Boats,"
    "Lantern Hotels,Maple Insurance,Northgate Tools,Orchard Pharma,Pinecrest Timber,"
    "Quayside Brewery,Redwood Telecom,Saltmarsh Fisheries,Thornbury Cars"
).split(",")
FOUNDATIONS = (
    "Ashdown Foundation,Birchall Trust,Calloway Fund,Dunmore Foundation,Everly Trust,"
    "Farrow Foundation,Greystone Trust,Hartwell Fund,Illingworth Trust,Jarrow Foundation"
).split(",")
CITIES = {
    "Dublin": "Ireland",
    "Cork": "Ireland",
    "Galway": "Ireland",
    "Belfast": "United Kingdom",
    "London": "United Kingdom",
    "Glasgow": "United Kingdom",
    "Brussels": "Belgium",
    "Antwerp": "Belgium",
}
CAMPAIGNS = [
    ("Winter Appeal 2023", "mail", "2023-11-01", "2023-12-31", 60000.0, None, 3),
    ("Winter Appeal 2024", "mail", "2024-11-01", "2024-12-31", 75000.0, None, 3),
    ("Winter Appeal 2025", "mail", "2025-11-01", None, 80000.0, None, 2),
    ("Clean Water Now", "online", "2023-03-01", "2024-02-29", 120000.0, None, 3),
    ("Clean Water Schools", "online", "2023-05-01", "2023-11-30", 30000.0, 4, 3),
    ("Clean Water Companies", "phone", "2023-09-01", "2024-02-29", 45000.0, 4, 3),
    ("Girls Learn", "online", "2024-01-15", None, 150000.0, None, 2),
    ("Girls Learn Gala", "event", "2024-03-01", "2024-06-30", 40000.0, 7, 3),
    ("Flood Relief", "online", "2024-09-10", "2025-01-31", None, None, 3),
    ("Flood Relief Radio", "radio", "2024-09-20", "2024-11-15", 25000.0, 9, 3),
    ("Run for Food", "event", "2025-04-01", "2025-09-30", 50000.0, None, 3),
    ("Street Collection", "street", "2023-06-01", "2025-10-31", 35000.0, None, 3),
    ("Legacy Letters", "mail", "2025-02-01", None, None, None, 2),
    ("Spring Raffle", "event", "2025-03-01", "2025-03-31", 10000.0, None, 9),
    ("Company Matching", "phone", "2024-05-01", None, 90000.0, None, 2),
    ("Anniversary 2026", "event", "2025-12-15", None, 100000.0, None, 1),
]
"""Name, channel, start, end, goal, number of the parent campaign and status."""
PROGRAMS = [
    ("Wells for Villages", "water", "East Africa", 180000.0, "2019-05-01", None),
    ("School Taps", "water", "South Asia", 95000.0, "2021-02-15", None),
    ("Girls to School", "education", "South Asia", 140000.0, "2020-09-01", None),
    ("Teacher Training", "education", "West Africa", 85000.0, "2022-01-10", "2025-06-30"),
    ("Seeds and Tools", "food", "East Africa", 110000.0, "2018-03-01", None),
    ("Hot Meals", "food", "Eastern Europe", 70000.0, "2022-03-15", None),
    ("Flood Shelter", "emergency", "South Asia", 160000.0, "2024-09-15", None),
    ("Mobile Clinic", "health", "West Africa", 125000.0, "2017-10-01", "2024-12-31"),
    ("Midwives", "health", "East Africa", 60000.0, "2025-08-01", None),
]
"""Name, theme, region, yearly budget, launch and end."""
PARTNERS = [
    ("Maji Trust", "Kenya", "water", "Y"),
    ("Jamii Farms", "Uganda", "food", "Y"),
    ("Asha Schools", "India", "education", "Y"),
    ("Delta Shelter", "Bangladesh", "emergency", "Y"),
    ("Volta Health", "Ghana", "health", "N"),
    ("Sahel Teachers", "Mali", "education", "Y"),
    ("Dnipro Kitchens", "Ukraine", "food", "Y"),
    ("Himal Water", "Nepal", "water", "Y"),
    ("Lake Midwives", "Tanzania", "health", "Y"),
    ("Coast Relief", "Bangladesh", "emergency", "N"),
    ("Savanna Seeds", "Kenya", "food", "Y"),
    ("Hope Network", "India", "education", "N"),
]
EVENTS = ("Charity Gala", "Fun Run", "Quiz Night", "Bake Sale", "Benefit Concert", "Art Auction")
VENUES = ("Town Hall", "Riverside Park", "Grand Hotel", "Community Centre", "St Mary's Hall")
CATEGORIES = ("travel", "printing", "advertising", "materials", "postage", "venue hire")


def create_charity(path: Path) -> Path:
    """Write the database to `path` in place of an existing file, and return the path."""
    return create(path, Path(__file__).with_name("charity_schema.sql"), _tables)


def _tables(draw: Draw) -> Tables:
    names = people(draw, EMPLOYEES + VOLUNTEERS + PERSONS)
    employees = _employees(draw, names[:EMPLOYEES])
    volunteers = _volunteers(draw, names[EMPLOYEES : EMPLOYEES + VOLUNTEERS])
    donors = _donors(draw, names[EMPLOYEES + VOLUNTEERS :])
    campaigns, events = _campaigns(draw), _events(draw)
    givers = donors[:DONORS_WHO_GAVE]
    return {
        "Employee": employees,
        "Volunteer": volunteers,
        "Donor": donors,
        "Campaign": campaigns,
        "Donation": _donations(draw, givers, campaigns),
        "Pledge": numbered([_pledge(draw, donors) for _ in range(PLEDGES)]),
        "Program": numbered(PROGRAMS),
        "CampaignProgram": _shares(draw),
        "PartnerOrg": numbered(PARTNERS),
        "GrantAward": _grants(draw),
        "FundraisingEvent": events,
        "EventRegistration": _registrations(draw, events, donors),
        "VolunteerShift": numbered([_shift(draw, volunteers, events) for _ in range(SHIFTS)]),
        "Expense": numbered([_expense(draw) for _ in range(EXPENSES)]),
    }


def _employees(draw: Draw, names: list[str]) -> list[Row]:
    rows = []
    for number, name in enumerate(names, 1):
        role = "Director" if number == 1 else "Team Lead" if number <= 5 else draw.choice(ROLES)
        boss = None if number == 1 else 1 if number <= 5 else draw.randint(2, 5)
        start = between(draw, "2015-01-01", "2025-03-31")
        end = after(draw, max(str(start), "2023-01-01"), 90, 1000) if number > 10 else None
        city = draw.choice(("Dublin", "Dublin", "London", "Brussels"))
        rows.append((name, role, boss, city, str(start), maybe(draw, 0.35, end and str(end))))
    return numbered(rows)


def _volunteers(draw: Draw, names: list[str]) -> list[Row]:
    rows = []
    for name in names:
        start = between(draw, "2022-01-01", "2025-09-30")
        end = after(draw, max(str(start), "2023-02-01"), 60, 900)
        email = maybe(draw, 0.85, f"{name.lower().replace(' ', '.')}@post.example")
        left = maybe(draw, 0.3, end and str(end))
        city = draw.choice(list(CITIES))
        rows.append((name, email, city, str(start), left, int(draw.random() < 0.6)))
    return numbered(rows)


def _donors(draw: Draw, persons: list[str]) -> list[Row]:
    kinds = dict.fromkeys(persons, "Individual") | dict.fromkeys(COMPANIES, "Company")
    kinds |= dict.fromkeys(FOUNDATIONS, "Foundation")
    names = list(kinds)
    draw.shuffle(names)
    created = sorted(str(between(draw, "2021-01-01", "2025-10-31")) for _ in names)
    rows = []
    for name, start in zip(names, created, strict=True):
        host = "mail" if kinds[name] == "Individual" else "office"
        email = maybe(draw, 0.8, f"{name.lower().replace(' ', '.')}@{host}.example")
        city = draw.choice(list(CITIES))
        silent, erased = int(draw.random() < 0.12), maybe(draw, 0.05, after(draw, start, 500, 900))
        row = (name, kinds[name], email, city, CITIES[city], start, silent, time_on(draw, erased))
        rows.append(row)
    return numbered(rows)


def _campaigns(draw: Draw) -> list[Row]:
    # Managers are the team leads and a few fundraisers.
    return numbered([(*row[:5], draw.randint(2, 8), *row[5:]) for row in CAMPAIGNS])


def _donations(draw: Draw, donors: list[Row], campaigns: list[Row]) -> list[Row]:
    asking = [row for row in campaigns if row[8] in (2, 3)]
    rows = []
    for _ in range(DONATIONS):
        campaign = draw.choice(asking) if draw.random() < 0.8 else None
        days = (campaign[3], campaign[4] or "2025-12-31") if campaign else ()
        given = between(draw, *days)
        able = [donor for donor in donors if donor[6] <= str(given)]
        donor = draw.choice(able)
        most = {"Individual": 40, "Company": 400, "Foundation": 900}[donor[2]]
        cents = draw.randint(2, most) * 500 + draw.choice((0, 0, 250, 95))
        method = draw.choices(("card", "bank transfer", "direct debit", "cash"), (5, 3, 3, 1))[0]
        receipt = after(draw, given, 1, 40)
        sent = maybe(draw, 0.85, receipt and str(receipt))
        refund = maybe(draw, 0.04, after(draw, given, 2, 30))
        regular = int(method == "direct debit" and draw.random() < 0.8)
        row = (donor[0], campaign and campaign[0], str(given), cents, method, regular, sent)
        rows.append((*row, refund and str(refund)))
    return numbered(sorted(rows, key=lambda row: row[2]))


def _pledge(draw: Draw, donors: list[Row]) -> Row:
    donor = draw.choice(donors)
    pledged = between(draw, max(donor[6], "2023-01-01"), "2025-11-30")
    due = after(draw, pledged, 10, 31) or pledged
    fulfilled = maybe(draw, 0.7, after(draw, pledged, 5, 120))
    cancelled = None if fulfilled else maybe(draw, 0.3, after(draw, pledged, 3, 60))
    amount = draw.randint(1, 200) * 50.0
    able = [number for number in (4, 7, 9, 11, 13, 15) if CAMPAIGNS[number - 1][2] <= str(pledged)]
    campaign = maybe(draw, 0.7, draw.choice(able)) if able else None
    done = (fulfilled and str(fulfilled), cancelled and str(cancelled))
    return (donor[0], campaign, str(pledged), amount, str(due), *done)


def _shares(draw: Draw) -> list[Row]:
    rows = []
    for campaign in range(1, 15):
        programs = sorted(draw.sample(range(1, 9), draw.choice((1, 2, 2, 3))))
        share = {1: (100,), 2: (60, 40), 3: (50, 30, 20)}[len(programs)]
        rows += [(campaign, one, part) for one, part in zip(programs, share, strict=True)]
    return rows


def _grants(draw: Draw) -> list[Row]:
    days = sorted(str(between(draw)) for _ in range(GRANTS))
    rows = []
    for number, awarded in enumerate(days, 1):
        able = [n for n, row in enumerate(PROGRAMS, 1) if row[4] <= awarded <= (row[5] or "9")]
        # The last partner has none yet.
        program, partner = draw.choice(able), draw.randint(1, 11)
        paid = maybe(draw, 0.9, after(draw, awarded, 3, 60))
        due = after(draw, awarded, 180, 400) or between(draw, "2025-12-31")
        report = maybe(draw, 0.75, after(draw, due, -40, 90)) if paid else None
        days_of = (paid and str(paid), str(due), report and str(report))
        amount = draw.randint(4, 90) * 500.0
        rows.append((f"G-{number:03}", program, partner, awarded, amount, *days_of))
    return rows


def _events(draw: Draw) -> list[Row]:
    rows = []
    for held in sorted(str(between(draw, "2023-02-01", "2025-12-20")) for _ in range(32)):
        able = [n for n, row in enumerate(CAMPAIGNS, 1) if row[2] <= held <= (row[3] or "9")]
        name, venue, city = draw.choice(EVENTS), draw.choice(VENUES), draw.choice(list(CITIES))
        campaign, price = maybe(draw, 0.7, draw.choice(able)) if able else None, draw.randint(0, 12)
        cancelled = maybe(draw, 0.12, between(draw, "2023-01-15", held))
        row = (name, venue, city, campaign, held, price * 7.5, draw.randint(3, 30) * 10)
        rows.append((*row, cancelled and str(cancelled)))
    return numbered(rows)


def _registrations(draw: Draw, events: list[Row], donors: list[Row]) -> list[Row]:
    rows = []
    for event in events[:-1]:
        for donor in draw.sample(donors, draw.randint(3, 14)):
            registered = after(draw, event[5], -30, -1)
            came = None if event[8] else draw.choices("YN", (8, 2))[0]
            rows.append((event[0], donor[0], str(registered), draw.randint(1, 4), came))
    return rows


def _shift(draw: Draw, volunteers: list[Row], events: list[Row]) -> Row:
    volunteer = draw.choice(volunteers[:VOLUNTEERS_AT_WORK])
    missed = int(draw.random() < 0.08)
    hours = 0.0 if missed else draw.randint(3, 16) / 2
    held = [row for row in events if volunteer[4] <= row[5] <= (volunteer[5] or "9")]
    if held and draw.random() < 0.6:
        event = draw.choice(held)
        return (volunteer[0], event[0], None, event[5], hours, missed)
    day = between(draw, max(volunteer[4], "2023-01-01"), volunteer[5] or "2025-12-31")
    return (volunteer[0], None, draw.choice((3, 5, 6)), str(day), hours, missed)


def _expense(draw: Draw) -> Row:
    of_program = draw.random() < 0.6
    program = draw.randint(1, 8) if of_program else 0
    campaign = 0 if of_program else draw.randint(1, 15)
    first, last = PROGRAMS[program - 1][4:] if program else CAMPAIGNS[campaign - 1][2:4]
    spent = str(between(draw, max(first, "2023-01-01"), last or "2025-12-31"))
    category = draw.choice(CATEGORIES)
    approver = maybe(draw, 0.85, draw.randint(1, 5))
    amount = draw.randint(900, 600000) / 100
    return (program or None, campaign or None, spent, category, amount, approver)
