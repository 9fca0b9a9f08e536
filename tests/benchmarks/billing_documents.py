"""Invoices, payments and refunds of the billing database."""

from __future__ import annotations

from datetime import date, timedelta

from billing_words import CHARGES, FIRST_DAY, LAST_DAY, Draw, Row, date_of, day, moment

INVOICES, FAILED, PREPAID, REFUNDS = 240, 60, 80, 60
"""Numbers of rows: invoices, payments that failed or wait, payments in advance, refunds."""


def invoices_of(
    draw: Draw, subscriptions: list[Row], addresses: list[Row], plans: list[Row]
) -> tuple[list[Row], list[Row]]:
    """Draw invoices of subscriptions, and their lines: that of the plan and other charges."""
    prices = {plan[0]: plan[4] for plan in plans}
    headers, lines = [], []
    for place in range(INVOICES):
        subscription = draw.choice(subscriptions)
        number = f"INV-{20001 + place}"
        part = _lines(draw, number, subscription, prices[subscription[2]])
        net = round(sum(row[4] * row[5] * (1 - row[6] / 100) for row in part), 2)
        tax = round(net * draw.choice((0.07, 0.19, 0.2)), 2)
        own = [row[0] for row in addresses if row[1] == subscription[1]]
        issued = day(draw, date.fromisoformat(subscription[4]), LAST_DAY)
        due = issued + timedelta(draw.choice((14, 30, 30, 45)))
        paid = issued + timedelta(draw.randint(1, 60))
        # Whether a payment on the due date is late would be an open question.
        paid += timedelta(paid == due)
        is_paid = draw.random() < 0.85 and paid <= LAST_DAY
        status = "P" if is_paid else draw.choice("OOOD")
        paid_at = moment(draw, paid) if is_paid else None
        money = (net, tax, round(net + tax, 2))
        dates = (str(issued), str(due), paid_at)
        sent = (draw.choice(own), draw.choice(own))
        headers.append((number, subscription[1], *sent, *dates, status, *money))
        lines += part
    return headers, lines


def _lines(draw: Draw, invoice: str, subscription: Row, price: float) -> list[Row]:
    discount = draw.choice((0, 0, 0, 5, 10, 15))
    first = (invoice, 1, "Plan charge", subscription[2], subscription[3], price, discount)
    charges = draw.sample(CHARGES, draw.choice((0, 0, 0, 1, 1, 2)))
    return [first] + [
        (invoice, place, charge, None, draw.randint(1, 3), draw.randint(500, 9000) / 100, 0)
        for place, charge in enumerate(charges, 2)
    ]


def payments_of(draw: Draw, accounts: list[Row], invoices: list[Row]) -> list[Row]:
    """Draw a successful payment of each paid invoice, failed attempts, and payments in advance."""
    rows = []
    for row in invoices:
        if row[6] is not None:
            rows.append((row[1], row[0], "success", row[10], row[6]))
    for row in draw.sample(invoices, FAILED):
        at = moment(draw, date.fromisoformat(row[4]))
        status = draw.choice(("failed", "failed", "pending"))
        rows.append((row[1], row[0], status, row[10], at))
    for _ in range(PREPAID):
        at = moment(draw, day(draw, FIRST_DAY, LAST_DAY))
        amount = draw.randint(1000, 80000) / 100
        rows.append((draw.choice(accounts[5:])[0], None, "success", amount, at))
    rows.sort(key=lambda row: row[4])
    found = []
    for number, (account, invoice, status, amount, at) in enumerate(rows, 5001):
        kind = draw.choices(("card", "wire", "sepa", "cash"), (50, 25, 20, 5))[0]
        fee = round(0.3 + amount * 0.015, 2) if kind == "card" else 0.0
        found.append((number, account, invoice, kind, status, amount, fee, at))
    return found


def refunds_of(draw: Draw, payments: list[Row]) -> list[Row]:
    """Draw refunds of successful payments; some wait for approval, some to be paid."""
    rows = []
    paid = [row for row in payments if row[4] == "success"]
    for number, row in enumerate(sorted(draw.sample(paid, REFUNDS)), 1):
        reason = draw.choice(("duplicate", "overcharge", "goodwill", "cancelled service"))
        asked = min(date_of(row[7]) + timedelta(draw.randint(1, 30)), LAST_DAY)
        returned = moment(draw, asked + timedelta(draw.randint(1, 20)))
        approver = draw.randint(1, 12) if draw.random() < 0.85 else None
        is_paid = approver is not None and draw.random() < 0.8
        amount = round(row[5] * draw.choice((0.1, 0.25, 0.5, 1.0)), 2)
        dates = (moment(draw, asked), approver, returned if is_paid else None)
        rows.append((number, row[0], amount, reason, *dates))
    return rows
