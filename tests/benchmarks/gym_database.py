"""A chain of gyms, whose tables and columns have plain English names.

`business_rows` says what it has in common with the other two businesses.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from billing_words import Draw, Row, moment
from business_rows import LAST, Tables, after, between, create, maybe, numbered, people, time_on

MEMBERS, MANAGERS, STAFF = 150, 8, 42
SESSIONS, TRAININGS, CHECK_INS, MACHINES = 220, 120, 420, 60
"""Numbers of rows."""
ACTIVE_MEMBERS, BUSY_MACHINES = 138, 48
"""The last rows have no bookings, check-ins or repairs."""

CLUBS = [
    ("Harbour Point", "Hamburg", "North", "2018-03-01", None, 1850, 14250.5),
    ("Old Brewery", "Bremen", "North", "2019-09-15", None, 1200, 8875.25),
    ("Alster", "Hamburg", "North", "2021-02-01", None, 950, 9712.5),
    ("Riverside", "Cologne", "West", "2017-06-01", None, 2100, 15820.75),
    ("Westpark", "Dortmund", "West", "2020-01-10", None, 1400, 8340.5),
    ("Königsallee", "Düsseldorf", "West", "2022-10-01", None, 1100, 13125.75),
    ("Isar", "Munich", "South", "2019-04-01", None, 1600, 16940.25),
    ("Stadium", "Stuttgart", "South", "2023-05-15", None, 1750, 12385.5),
    ("Old Town", "Augsburg", "South", "2016-11-01", "2024-08-31", 700, 4790.75),
    ("Gartenfeld", "Nuremberg", "South", "2025-03-01", None, 1300, 9080.25),
]
"""Name, city, region, opened, closed, floor area and rent."""
PLANS = [
    ("Off-Peak", 19.9, 12, 0),
    ("Basic", 24.9, 12, 0),
    ("Flex", 34.9, 1, 0),
    ("Classic", 39.9, 12, 1),
    ("Premium", 59.9, 12, 1),
    ("Student", 22.9, 6, 1),
    ("Corporate", 44.9, 24, 1),
]
CLASSES = [
    ("Vinyasa Yoga", "mind and body", 75, "low"),
    ("Pilates", "mind and body", 60, "low"),
    ("Spinning", "cardio", 45, "high"),
    ("Zumba", "cardio", 60, "medium"),
    ("Body Pump", "strength", 60, "high"),
    ("Kettlebell", "strength", 45, "high"),
    ("Aqua Fit", "water", 45, "medium"),
    ("Back Care", "mind and body", 30, "low"),
    ("Boxing", "combat", 60, "high"),
]
MACHINES_OF = {
    "cardio": ("Treadmill", "Rowing Machine", "Exercise Bike", "Cross Trainer"),
    "strength": ("Leg Press", "Cable Tower", "Smith Machine", "Chest Press"),
    "wellness": ("Sauna Heater", "Massage Chair"),
}
FAULTS = ("belt slips", "display dead", "cable torn", "strange noise", "error code", "loose seat")
REASONS = ("moved away", "too expensive", "no time", "injury", "switched to competitor")
TITLES = ("Trainer", "Trainer", "Trainer", "Receptionist", "Cleaner")


def create_gym(path: Path) -> Path:
    """Write the database to `path` in place of an existing file, and return the path."""
    return create(path, Path(__file__).with_name("gym_schema.sql"), _tables)


def _tables(draw: Draw) -> Tables:
    names = people(draw, MEMBERS + STAFF)
    clubs, staff = numbered(CLUBS), _staff(draw, names[MEMBERS:])
    members = _members(draw, clubs, names[:MEMBERS])
    memberships = _memberships(draw, members)
    trainers = [row[0] for row in staff if row[3] == "Trainer"][:-3]
    sessions = _sessions(draw, clubs, trainers[2:])
    machines = numbered([_machine(draw, clubs) for _ in range(MACHINES)])
    visitors = members[:ACTIVE_MEMBERS]
    return {
        "club": clubs,
        "staff": staff,
        "member": members,
        "membership_plan": numbered(PLANS),
        "membership": memberships,
        "payment": _payments(draw, memberships),
        "class_type": numbered(CLASSES),
        "class_session": sessions,
        "booking": _bookings(draw, sessions, visitors),
        "personal_training": numbered(
            [_training(draw, visitors, trainers) for _ in range(TRAININGS)]
        ),
        "check_in": numbered([_check_in(draw, visitors) for _ in range(CHECK_INS)]),
        "equipment": machines,
        "repair": numbered(_repairs(draw, machines[:BUSY_MACHINES])),
    }


def _staff(draw: Draw, names: list[str]) -> list[Row]:
    rows = []
    for number, name in enumerate(names, 1):
        title = draw.choice(TITLES)
        if number <= MANAGERS + 1:
            title = "Club Manager" if number > 1 else "Regional Director"
        boss = draw.randint(2, MANAGERS + 1) if number > MANAGERS + 1 else 1
        hired = between(draw, "2017-01-01", "2025-06-30")
        left = after(draw, max(hired, date(2023, 3, 1)), 60, 900) if number > 12 else None
        wage = {"Regional Director": 48.0, "Club Manager": 34.0}.get(title, 14.0)
        rows.append(
            (
                number,
                *name.split(),
                title,
                number if number <= 10 else draw.randint(1, 10),
                None if number == 1 else boss,
                str(hired),
                maybe(draw, 0.3, left and str(left)),
                round(wage + draw.randint(1, 600) / 100, 2),
            )
        )
    return rows


def _members(draw: Draw, clubs: list[Row], names: list[str]) -> list[Row]:
    joined = sorted(str(between(draw, "2023-01-01", "2025-11-30")) for _ in names)
    rows: list[Row] = []
    for number, (name, start) in enumerate(zip(names, joined, strict=True), 1):
        opened = [club for club in clubs if club[4] <= start and (club[5] or "9") > start]
        referrer = draw.randint(1, min(number - 1, 60)) if number > 12 else None
        deleted = time_on(draw, after(draw, start, 90, 600))
        rows.append(
            (
                number,
                name,
                maybe(draw, 0.88, f"{name.lower().replace(' ', '.')}@mail.example"),
                str(between(draw, "1950-01-01", "2007-12-31")),
                draw.choice(opened)[0],
                start,
                maybe(draw, 0.4, referrer),
                maybe(draw, 0.08, deleted),
            )
        )
    return rows


def _memberships(draw: Draw, members: list[Row]) -> list[Row]:
    rows = []
    # The last members have signed nothing yet.
    for member in members[: MEMBERS - 6]:
        start: date | None = date.fromisoformat(member[5])
        while start is not None:
            end = after(draw, start, 60, 700) if draw.random() < 0.6 else None
            status = draw.choice(("cancelled", "cancelled", "expired")) if end else "active"
            if status == "active" and draw.random() < 0.15:
                status = "paused"
            reason = maybe(draw, 0.85, draw.choice(REASONS)) if status == "cancelled" else None
            plan = draw.choices(range(1, 8), (8, 22, 14, 20, 16, 14, 6))[0]
            rows.append((member[0], plan, str(start), end and str(end), status, reason))
            start = after(draw, end, 10, 200) if end and draw.random() < 0.5 else None
    return numbered(rows)


def _payments(draw: Draw, memberships: list[Row]) -> list[Row]:
    rows = []
    for membership in memberships:
        paid, end = date.fromisoformat(membership[3]), membership[4] or str(LAST)
        method = draw.choices(("card", "direct debit", "cash"), (30, 60, 10))[0]
        cents = round(PLANS[membership[2] - 1][1] * 100)
        # A payment covers three months.
        while str(paid) <= end:
            status = draw.choices(("completed", "failed", "refunded"), (90, 7, 3))[0]
            rows.append((membership[0], cents * 3, str(paid), method, status))
            paid += timedelta(91)
    rows.sort(key=lambda row: row[2])
    return numbered(rows)


def _sessions(draw: Draw, clubs: list[Row], trainers: list[int]) -> list[Row]:
    rows = []
    for _ in range(SESSIONS):
        club = draw.choice(clubs)
        opened = max(club[4], "2023-01-01")
        starts = between(draw, opened, club[5] or LAST)
        cancelled = time_on(draw, starts - timedelta(draw.randint(1, 5)))
        kind = draw.choices(range(1, 10), (20, 14, 18, 12, 12, 6, 8, 5, 0))[0]
        trainer = maybe(draw, 0.93, draw.choice(trainers))
        start = moment(draw, starts)[:14] + draw.choice(("00:00", "30:00"))
        size = draw.choice((10, 12, 15, 20, 25))
        rows.append((kind, club[0], trainer, start, size, maybe(draw, 0.09, cancelled)))
    rows.sort(key=lambda row: row[3])
    return numbered(rows)


def _bookings(draw: Draw, sessions: list[Row], members: list[Row]) -> list[Row]:
    rows = []
    for session in sessions:
        starts = date.fromisoformat(session[4][:10])
        able = [member[0] for member in members if member[5] < session[4]]
        for member in draw.sample(able, min(len(able), draw.randint(0, 6))):
            cancelled = maybe(draw, 0.15, moment(draw, starts - timedelta(1)))
            booked = moment(draw, starts - timedelta(draw.randint(2, 10)))
            came = None if cancelled or session[6] else int(draw.random() < 0.8)
            rows.append((session[0], member, booked, cancelled, came))
    return rows


def _training(draw: Draw, members: list[Row], trainers: list[int]) -> Row:
    member = draw.choice(members)
    starts = between(draw, member[5])
    cancelled = maybe(draw, 0.12, moment(draw, starts - timedelta(1)))
    rating = None if cancelled else maybe(draw, 0.6, draw.randint(2, 5))
    price = draw.randint(400, 900) / 10
    trainer = draw.choice(trainers[:12])
    return (member[0], trainer, member[4], moment(draw, starts), price, cancelled, rating)


def _check_in(draw: Draw, members: list[Row]) -> Row:
    member = draw.choice(members)
    entered = moment(draw, between(draw, member[5]))
    hour = int(entered[11:13]) + draw.randint(1, 2)
    left = f"{entered[:11]}{hour:02}:{draw.randint(0, 59):02}:00"
    club = member[4] if draw.random() < 0.8 else draw.randint(1, 7)
    return (member[0], club, entered, maybe(draw, 0.94, left))


def _machine(draw: Draw, clubs: list[Row]) -> Row:
    category = draw.choices(list(MACHINES_OF), (5, 4, 1))[0]
    club = draw.choice(clubs)
    bought = between(draw, max(club[4], "2019-01-01"), min(club[5] or "9", "2025-09-30"))
    retired = after(draw, max(str(bought), "2023-01-01"), 200, 1000)
    price = draw.randint(800, 9500) + 0.5
    name = draw.choice(MACHINES_OF[category])
    out = maybe(draw, 0.25, retired and str(retired))
    return (name, category, club[0], str(bought), price, out)


def _repairs(draw: Draw, machines: list[Row]) -> list[Row]:
    rows = []
    for machine in machines:
        for _ in range(draw.randint(0, 4)):
            reported = between(draw, max(machine[4], "2023-01-01"))
            fixed = after(draw, reported, 1, 45)
            is_fixed = fixed is not None and draw.random() < 0.85
            cost = draw.randint(4, 120) * 10.0 if is_fixed and draw.random() < 0.9 else None
            done = str(fixed) if is_fixed else None
            rows.append((machine[0], str(reported), done, cost, draw.choice(FAULTS)))
    return rows
