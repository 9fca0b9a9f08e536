"""A clinic, whose tables and columns have plain English names.

`business_rows` says what it has in common with the other businesses.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from billing_words import Draw, Row, moment
from business_rows import LAST, Tables, after, between, create, maybe, numbered, people

PATIENTS, DOCTORS, APPOINTMENTS = 180, 24, 850
"""Numbers of rows."""
ACTIVE_PATIENTS = 168
"""The last patients have no appointments."""

DEPARTMENTS = [
    ("General Medicine", 1),
    ("Cardiology", 2),
    ("Orthopaedics", 2),
    ("Paediatrics", 3),
    ("Dermatology", 4),
    ("Neurology", 3),
    ("Radiology", 0),
]
SPECIALTIES = {
    1: ("general practice", "internal medicine"),
    2: ("cardiology",),
    3: ("orthopaedic surgery", "sports medicine"),
    4: ("paediatrics",),
    5: ("dermatology", "allergology"),
    6: ("neurology",),
}
"""What the doctors of a department do; radiology has none of its own."""
INSURERS = [
    ("Nordkasse", "statutory"),
    ("Volksgesund", "statutory"),
    ("Handwerkerkasse", "statutory"),
    ("Aurelia Private", "private"),
    ("Medivita", "private"),
    ("Union Privat", "private"),
]
CITIES = ("Leipzig", "Leipzig", "Leipzig", "Halle", "Merseburg", "Grimma")
CODES = [
    ("I10", "Essential hypertension", "Circulatory system", 1),
    ("I48", "Atrial fibrillation", "Circulatory system", 1),
    ("I20", "Angina pectoris", "Circulatory system", 1),
    ("J06.9", "Acute upper respiratory infection", "Respiratory system", 0),
    ("J45.9", "Asthma", "Respiratory system", 1),
    ("J20.9", "Acute bronchitis", "Respiratory system", 0),
    ("E11.9", "Type 2 diabetes", "Endocrine system", 1),
    ("E03.9", "Hypothyroidism", "Endocrine system", 1),
    ("M54.5", "Low back pain", "Musculoskeletal system", 0),
    ("M17.9", "Osteoarthritis of the knee", "Musculoskeletal system", 1),
    ("S93.4", "Sprained ankle", "Injuries", 0),
    ("S52.5", "Wrist fracture", "Injuries", 0),
    ("L20.9", "Atopic dermatitis", "Skin", 1),
    ("L50.9", "Urticaria", "Skin", 0),
    ("G43.9", "Migraine", "Nervous system", 1),
    ("G40.9", "Epilepsy", "Nervous system", 1),
    ("B05.9", "Measles", "Infections", 0),
]
"""Code, description, chapter and whether it is chronic. Nobody had measles."""
CODES_OF = {
    1: (0, 3, 3, 5, 6, 7, 8),
    2: (0, 0, 1, 2, 6),
    3: (8, 8, 9, 10, 11),
    4: (3, 3, 4, 5, 12, 10),
    5: (12, 13),
    6: (14, 14, 15),
}
"""The diagnoses that each department makes."""
MEDICINES = [
    ("Cardipril 5", "ramipril", "tablet", 13.4),
    ("Cardipril 10", "ramipril", "tablet", 16.85),
    ("Rythmol", "apixaban", "tablet", 88.6),
    ("Breathe Easy", "salbutamol", "inhaler", 21.3),
    ("Penoxil", "amoxicillin", "capsule", 14.15),
    ("Glucofit", "metformin", "tablet", 15.9),
    ("Thyrovan", "levothyroxine", "tablet", 13.75),
    ("Dolorex", "ibuprofen", "tablet", 11.2),
    ("Dolorex Gel", "ibuprofen", "ointment", 9.95),
    ("Dermalind", "hydrocortisone", "ointment", 12.6),
    ("Histaclear", "cetirizine", "tablet", 8.3),
    ("Migrastop", "sumatriptan", "tablet", 27.45),
    ("Epilam", "lamotrigine", "tablet", 42.1),
    ("Immunol", "adalimumab", "injection", 812.5),
]
MEDICINES_OF = {
    0: (1, 2), 1: (3,), 2: (1, 3), 3: (5, 8), 4: (4,), 5: (5, 4), 6: (6,), 7: (7,), 8: (8, 9),
    9: (8, 9), 10: (9,), 11: (8,), 12: (10,), 13: (11,), 14: (12, 8), 15: (13,),
}  # fmt: skip
"""The medicines given for each diagnosis."""
FEES = {1: 45, 2: 120, 3: 95, 4: 55, 5: 70, 6: 110}
"""Lowest bill of an appointment in each department."""
INSTALMENTS = ((1,), (1,), (1,), (0.8, 0.2), (0.8,), (0.5, 0.3, 0.2), (0.5,), ())
"""The shares of a bill that are paid one after the other."""


def create_clinic(path: Path) -> Path:
    """Write the database to `path` in place of an existing file, and return the path."""
    return create(path, Path(__file__).with_name("clinic_schema.sql"), _tables)


def _tables(draw: Draw) -> Tables:
    names = people(draw, PATIENTS + DOCTORS)
    patients = _patients(draw, names[:PATIENTS])
    doctors = _doctors(draw, names[PATIENTS:])
    appointments = _appointments(draw, patients[:ACTIVE_PATIENTS], doctors)
    departments = {doctor[0]: doctor[3] for doctor in doctors}
    seen = [(row[0], date.fromisoformat(row[4][:10]), departments[row[2]], row[1])
            for row in appointments if row[5] == "completed"]  # fmt: skip
    diagnoses = numbered(_diagnoses(draw, seen))
    insured = {row[0]: row[5] is not None for row in patients}
    invoices, payments = _money(draw, seen, insured)
    return {
        "department": numbered(DEPARTMENTS),
        "doctor": doctors,
        "insurer": numbered(INSURERS),
        "patient": patients,
        "appointment": appointments,
        "icd_code": CODES,
        "diagnosis": diagnoses,
        "medicine": numbered(MEDICINES),
        "prescription": numbered(_prescriptions(draw, diagnoses, seen)),
        "invoice": invoices,
        "payment": payments,
    }


def _doctors(draw: Draw, names: list[str]) -> list[Row]:
    """The first doctor is the medical director, the next five head the other departments."""
    rows: list[Row] = []
    for number, name in enumerate(names, 1):
        department = number if number <= 6 else draw.choice((1, 1, 1, 2, 3, 3, 4, 5, 6))
        head = None if number == 1 else 1 if number <= 6 else department
        hired = between(draw, "2008-01-01", "2022-12-31")
        left = after(draw, date(2024, 1, 1), 60, 700) if number in (11, 17) else None
        specialty = draw.choice(SPECIALTIES[department])
        times = (str(hired), left and str(left))
        rows.append((number, f"Dr. {name}", specialty, department, head, *times))
    return rows


def _patients(draw: Draw, names: list[str]) -> list[Row]:
    rows: list[Row] = []
    days = sorted(str(between(draw, "2021-01-01", "2025-10-31")) for _ in names)
    for number, (name, registered) in enumerate(zip(names, days, strict=True), 1):
        last = date.fromisoformat(registered) - timedelta(30)
        youngest = "2008-01-01" if draw.random() < 0.3 else "1935-01-01"
        born = between(draw, youngest, last if youngest > "2000" else "2007-12-31")
        insurer = draw.choices((None, 1, 2, 3, 4, 5, 6), (6, 35, 28, 10, 11, 10, 0))[0]
        died = after(draw, "2025-03-01", 1, 250) if born.year < 1950 else None
        place = (draw.choice(("f", "m")), str(born), draw.choice(CITIES), insurer)
        rows.append((number, name, *place, registered, maybe(draw, 0.15, died and str(died))))
    return rows


def _appointments(draw: Draw, patients: list[Row], doctors: list[Row]) -> list[Row]:
    rows = []
    while len(rows) < APPOINTMENTS:
        patient = draw.choice(patients)
        when = between(draw, max(patient[6], "2023-01-01"), patient[7] or LAST)
        able = [row for row in doctors if _is_fit(row, patient, str(when))]
        if when.weekday() < 5 and able:
            rows.append(_appointment(draw, patient[0], draw.choice(able)[0], when))
    rows.sort(key=lambda row: row[3])
    return numbered(rows)


def _is_fit(doctor: Row, patient: Row, day: str) -> bool:
    """Return whether a doctor sees patients of that age on that day."""
    is_child = int(day[:4]) - int(patient[3][:4]) < 18
    works = doctor[5] <= day and (doctor[6] or "9") > day
    return works and (doctor[3] == 4 if is_child else doctor[3] != 4)


def _appointment(draw: Draw, patient: int, doctor: int, when: date) -> Row:
    booked = moment(draw, when - timedelta(draw.randint(1, 45)))
    starts = datetime.fromisoformat(
        f"{when} {draw.randint(8, 16):02}:{draw.choice((0, 15, 30, 45)):02}:00"
    )
    missed = 8 + doctor * 5 % 13
    status = draw.choices(("completed", "no-show", "cancelled"), (90 - missed, missed, 10))[0]
    if when > date(2025, 12, 12):
        status = "scheduled"
    seen = starts + timedelta(minutes=draw.randint(-5, 50), seconds=draw.randint(0, 59))
    return (
        patient,
        doctor,
        booked,
        str(starts),
        status,
        str(seen) if status == "completed" else None,
    )


Seen = tuple[int, date, int, int]
"""Appointment, day, department and patient."""


def _diagnoses(draw: Draw, seen: list[Seen]) -> list[Row]:
    rows = []
    for appointment, _, department, _ in seen:
        found = sorted(set(draw.choices(CODES_OF[department], k=draw.choice((1, 1, 1, 2)))))
        draw.shuffle(found)
        if draw.random() < 0.9:
            rows += [(appointment, CODES[code][0], int(n == 0)) for n, code in enumerate(found)]
    return rows


def _prescriptions(draw: Draw, diagnoses: list[Row], seen: list[Seen]) -> list[Row]:
    days = {appointment: day for appointment, day, _, _ in seen}
    places = {code[0]: place for place, code in enumerate(CODES)}
    rows = []
    for _, appointment, code, _ in diagnoses:
        if draw.random() < 0.65:
            medicine = draw.choice(MEDICINES_OF[places[code]])
            fetched = after(draw, days[appointment], 0, 6)
            packs = draw.choice((1, 1, 1, 2, 3))
            supply = packs * draw.choice((7, 10, 20, 30))
            dispensed = maybe(draw, 0.88, fetched and str(fetched))
            rows.append((appointment, medicine, packs, supply, dispensed))
    return rows


def _money(draw: Draw, seen: list[Seen], insured: dict[int, bool]) -> tuple[list[Row], list[Row]]:
    """Bill most appointments; some bills are paid in part, by the insurer or the patient."""
    invoices: list[Row] = []
    payments: list[Row] = []
    for appointment, day, department, patient in sorted(seen, key=lambda row: row[1]):
        issued = after(draw, day, 1, 12)
        if issued is None or draw.random() < 0.05:
            continue
        # Multiples of 2.50: all shares of them are exact, so that paid in full is paid in full.
        total = FEES[department] + draw.randint(0, 72) * 2.5
        invoices.append((len(invoices) + 1, appointment, str(issued), total))
        for share in draw.choice(INSTALMENTS):
            when = after(draw, issued, 5, 60)
            payer = "insurer" if insured[patient] and share >= 0.5 else "patient"
            if when is not None:
                payments.append((len(invoices), str(when), round(total * share, 2), payer))
    payments.sort(key=lambda row: row[1])
    return invoices, numbered(payments)
