"""Gap-free numbers: issued in the transaction that uses them, so a roll-back gives them back."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from engine.store.work import Work
from forms.text.dates import BUDDHIST_ERA

RECEIPTS = "receipt"
FISCAL_YEAR_STARTS = 10  # October: พ.ร.บ. วิธีการงบประมาณ ม.4


def fiscal_year(day: date) -> int:
    """The Thai fiscal year of a day in พ.ศ.: 1 October 2025 begins 2569."""
    return day.year + BUDDHIST_ERA + (1 if day.month >= FISCAL_YEAR_STARTS else 0)


def next_number(work: Work, series: str) -> int:
    """The next number of a series, from 1; others wait for it until this transaction ends."""
    # Upsert and lock in one statement: two first numbers at once would otherwise both insert.
    statement = sa.text(
        "INSERT INTO counter (name, value) VALUES (:name, 1) "
        "ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value"
    )
    return int(work.session.execute(statement, {"name": series}).scalar_one())


def receipt_number(work: Work, prefix: str, received_on: date, *, own: bool = False) -> str:
    """`รร.00123/2569`: the number in the register of the fiscal year of receipt, or in one of its
    `own` that is kept for this prefix."""
    year = fiscal_year(received_on)
    series = f"{RECEIPTS}/{prefix}/{year}" if own else f"{RECEIPTS}/{year}"
    return f"{prefix}{next_number(work, series):05d}/{year}"


def letter_number(work: Work, prefix: str, issued_on: date) -> str:
    """`ศปท.ล.00001/2569`: the number of an outgoing letter in its fiscal year."""
    year = fiscal_year(issued_on)
    return f"{prefix}{next_number(work, f'letter/{year}'):05d}/{year}"
