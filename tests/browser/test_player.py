"""An auditor replays a complaint that went through two rounds of clarification."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from engine.store.tables import Command, HistoryEvent
from engine.verbs import queries
from tests.browser.person import Person
from tests.support.agency import ASSIGNED, CLARIFIED, DECIDED, INCOMPLETE, SCREENED, Agency
from tests.walks.test_three_walks import ASSESSED, COMPLAINT

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("agencies", ["sqlite"], indirect=True),
]
Somebody = Callable[..., Person]
SCREENED_G = {key: value for key, value in SCREENED.items() if key != "service_only"}


def walk(agency: Agency) -> str:
    """Filed, screened, assigned, clarified twice, the second time late, and decided."""
    case_id = agency.file(COMPLAINT).case_id
    agency.do(case_id, "screen", SCREENED_G)
    agency.do(case_id, "assign", {**ASSIGNED, "lead_unit": "it"})
    agency.do(case_id, "accept", {"accepted": True})
    agency.do(case_id, "clarify", CLARIFIED)
    agency.do(case_id, "assess", INCOMPLETE)
    agency.pass_days(13)
    agency.do(case_id, "clarify", CLARIFIED)
    agency.do(case_id, "assess", ASSESSED)
    agency.do(case_id, "decide", {**DECIDED, "decision": "เยียวยา/ปรับปรุงระบบ"})
    return case_id


class Player:
    """The page of the player, and what the record says the page must show."""

    def __init__(self, agency: Agency, auditor: Person, case_id: str) -> None:
        self.auditor, self.page = auditor, auditor.page
        self.address = f"/audit/cases/{case_id}/steps"
        with agency.office.engine.read() as work:
            instance = agency.instance(case_id)
            self.events = queries.history(work, instance)
            commands = work.session.query(Command).filter_by(instance_id=instance).all()
        self.commands = {command.seq: command for command in commands}

    def event(self, type: str, element: str, nth: int = 1) -> HistoryEvent:
        return [e for e in self.events if (e.type, e.element_id) == (type, element)][nth - 1]

    def open(self, seq: int) -> str:
        self.page.goto(f"{self.address}/{seq}")
        self.page.wait_for_selector("html[data-player=ready]")
        return self.auditor.look()

    def press(self, key: str) -> None:
        before = self.seq
        self.page.keyboard.press(key)
        self.page.wait_for_function(
            "seq => document.querySelector('#stage article').dataset.seq !== seq", arg=str(before)
        )

    @property
    def seq(self) -> int:
        return int(self.page.locator("#stage article").get_attribute("data-seq") or 0)

    def tokens(self) -> list[str]:
        found = self.page.locator("#stage svg [data-token]")
        return sorted(found.nth(n).get_attribute("data-token") or "" for n in range(found.count()))

    def standing_after(self, seq: int) -> list[str]:
        """Told by the events alone: what was entered and not left yet, among what takes time."""
        lasting = {e.element_id for e in self.events if e.type == "activity_completed"}
        standing: set[str] = set()
        for event in self.events[:seq]:
            if event.type == "activity_entered" and event.element_id in lasting:
                standing.add(event.element_id)
            if event.type in ("activity_completed", "activity_cancelled"):
                standing.discard(event.element_id)
        return sorted(standing)

    def checked(self, field: str) -> str | None:
        return self.page.locator(f'.as-shown [name="{field}"]:checked').get_attribute("value")


def test_a_complaint_with_two_rounds_is_stepped_through(agency: Agency, person: Somebody) -> None:
    case_id = walk(agency)
    auditor = person()
    auditor.sign_in("auditor")
    player = Player(agency, auditor, case_id)

    # The screening: one token, the form as it was filled in, its text covered.
    screened = player.event("task_completed", "screen")
    page = player.open(screened.seq)
    assert player.tokens() == player.standing_after(screened.seq) == ["screen"]
    given = player.commands[screened.command_seq].body["variables"]
    assert player.checked("jurisdiction") == str(given["jurisdiction"]).lower()
    assert player.checked("detriment_risk") == str(given["detriment_risk"])
    assert player.page.locator('.as-shown [name="opinion"]').input_value() == "██████"
    assert SCREENED["opinion"] not in page

    # The late second round: two tokens at once, the loop numbered, the deadline as it was.
    urged = player.event("job_created", "urge")
    page = player.open(urged.seq)
    assert player.tokens() == player.standing_after(urged.seq) == ["clarify", "urge"]
    assert player.page.locator(".pic-badge").get_by_text("×2").count() >= 1
    assert "เกินกำหนดแล้ว" in page

    # The second clarification: done in round two, by whom and as what.
    clarified = player.event("task_completed", "clarify", 2)
    page = player.open(clarified.seq)
    assert player.tokens() == player.standing_after(clarified.seq) == ["clarify"]
    assert "รอบที่ 2" in player.page.locator("#step-title").inner_text()
    given = player.commands[clarified.command_seq].body["variables"]
    assert player.checked("signer") == given["signer"]
    assert "ในฐานะ" in page


def test_the_keyboard_walks_the_case_and_the_address_follows(
    agency: Agency, person: Somebody
) -> None:
    case_id = walk(agency)
    auditor = person()
    auditor.sign_in("auditor")
    player = Player(agency, auditor, case_id)
    player.open(5)

    player.press("ArrowRight")
    assert player.seq == 6
    assert player.page.url.endswith(f"{player.address}/6")
    assert player.page.locator("#events [aria-current=step]").get_attribute("data-seq") == "6"
    player.press("ArrowLeft")
    player.press("Home")
    assert player.seq == 1
    player.press("Space")
    player.page.wait_for_function(
        "() => Number(document.querySelector('#stage article').dataset.seq) >= 3"
    )
    player.page.keyboard.press("Space")
    player.press("End")
    assert player.seq == len(player.events)
    assert re.search(r"ก้าวที่ (\d+) จาก \1", auditor.look())
    player.page.go_back()
    player.page.wait_for_function(
        "() => Number(document.querySelector('#stage article').dataset.seq) < 90"
    )
    assert not auditor.troubles


def test_the_player_fits_a_telephone(agency: Agency, person: Somebody) -> None:
    case_id = walk(agency)
    auditor = person(phone=True)
    auditor.sign_in("auditor")
    player = Player(agency, auditor, case_id)

    player.open(player.event("decision_evaluated", "apply_screening").seq)

    wide = player.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wide
