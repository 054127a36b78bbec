"""The intake officer enters what came another way, with JavaScript on as everybody has it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from office.ground.tables import Case
from tests.browser.person import Person
from tests.support.agency import Agency
from tests.web.visitor import GRIEVANCE as TYPED

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("agencies", ["sqlite"], indirect=True),
]
GRIEVANCE = {name: answer for name, answer in TYPED.items() if answer != "false"}
# What only one channel is asked for, beside what all are.
ASKED = {
    "box": {"box_witness": "นายสาธิต ร่วมเปิดกล่อง"},
    "phone": {"read_back": "true"},
    "1111": {"source_due": "๑๖ มี.ค. ๒๕๖๙"},
}


def test_a_complaint_of_each_channel_is_registered(
    agency: Agency, person: Callable[..., Person]
) -> None:
    clerk = person()
    clerk.sign_in("intake_officer")
    clerk.visit("/register")
    options = clerk.page.locator('[name="channel"] option')
    channels = [value for value in options.evaluate_all("all => all.map(o => o.value)") if value]

    for channel in channels:
        clerk.visit("/register")
        clerk.fill({"channel": channel, **ASKED.get(channel, {}), "track": "G", **GRIEVANCE})
        clerk.press("ลงทะเบียน")
        assert clerk.page.locator("#tracking-code").is_visible(), clerk.page.inner_text("main")

    with agency.office.engine.read() as work:
        entered = work.session.scalars(sa.select(Case.channel).order_by(Case.receipt_no)).all()
    assert channels == entered
    assert {"phone", "box", "1111", "oss"} <= set(channels)
