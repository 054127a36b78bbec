"""Figures on the diagram: true to the clock, and silent about what a reader must not count."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from office.audit import administration, case_statistics
from office.audit.case_statistics import Selection, Statistics, percentile
from office.people.people import User
from tests.support.agency import ASSIGNED, SCREENED, Agency
from tests.walks.test_three_walks import ANONYMOUS, COMPLAINT
from tests.web.visitor import Visitor

SCREENED_G = {key: value for key, value in SCREENED.items() if key != "service_only"}
AGAINST_THE_DIRECTOR: Mapping[str, Any] = {
    **ANONYMOUS,
    "accused": [
        {
            "name": "ผู้บริหารสูงสุด",
            "position": "ผู้อำนวยการสำนักงาน",
            "unit": "executive",
            "status": "ดำรงตำแหน่ง",
        }
    ],
}


OVERRIDDEN = {"override_reason": "เห็นควรรับไว้พิจารณาเพราะเรื่องร้ายแรง"}


def figures(agency: Agency, reader: User) -> Statistics:
    now = agency.clock.now()
    selection = Selection("complaint", None, now - timedelta(days=99), now + timedelta(days=1))
    with agency.office.engine.read() as work:
        return case_statistics.statistics(work, reader, selection)


def stays(agency: Agency, reader: User, element: str) -> list[str]:
    now = agency.clock.now()
    selection = Selection("complaint", 1, now - timedelta(days=99), now + timedelta(days=1))
    with agency.office.engine.read() as work:
        found = case_statistics.longest_stays(work, reader, selection, element)
    return [stay.case_id for stay in found]


@pytest.fixture
def cases(agency: Agency) -> list[str]:
    """Three grievances that were screened after one, two and six days; the last one is not yet
    assigned."""
    filed = []
    for days in (1, 2, 6):
        filed.append(agency.file({**COMPLAINT, "title": f"เรื่องที่ {days}"}).case_id)
        agency.clock.advance(days=days)
        agency.do(filed[-1], "screen", SCREENED_G)
    for case_id in filed[:2]:
        agency.do(case_id, "assign", {**ASSIGNED, "lead_unit": "it"})
    agency.clock.advance(days=3)
    return filed


def test_steps_last_as_long_as_the_clock_says(agency: Agency, cases: list[str]) -> None:
    found = figures(agency, agency.person("auditor"))

    screen, assign = found.figures["screen"], found.figures["assign"]
    assert (found.cases, found.closed) == (3, 0)
    assert screen.visits == 3
    assert screen.median == timedelta(days=2)
    assert screen.p90 == timedelta(days=6)
    assert screen.median_wait == timedelta(days=2), "each was taken when it was done"
    assert (assign.visits, assign.now, assign.longest_now) == (3, 1, timedelta(days=3))
    (slowest, share), *_ = found.bottlenecks()
    assert slowest.element_id == "assign", "two cases lay there for eight and for six days"
    assert share == pytest.approx(14 / 23)
    assert stays(agency, agency.person("auditor"), "screen") == [cases[2], cases[1], cases[0]]


def test_the_nearest_rank_is_a_span_that_was_measured() -> None:
    spans = [timedelta(days=n) for n in range(1, 11)]

    assert percentile(spans, 50) == timedelta(days=5)
    assert percentile(spans, 90) == timedelta(days=9)
    assert percentile(spans[:1], 90) == timedelta(days=1)
    assert percentile([], 50) is None


def test_the_page_shows_numbers_on_the_diagram_and_as_a_table(
    agency: Agency, visitor: Visitor, cases: list[str]
) -> None:
    visitor.sign_in("auditor")

    page = visitor.visit("/statistics?show=median")

    assert "pic-heat-5" in page
    assert page.count("2 วัน") >= 2
    assert "คอขวด" in page
    assert "/statistics/steps/screen" in page
    listed = visitor.visit("/statistics/steps/screen")
    assert f"/audit/cases/{cases[2]}/steps/" in listed
    assert visitor.visit("/statistics?since=1/1/2569&until=2/1/2569").count("pic-heat-") == 0
    visitor.visit("/statistics?version=99")
    assert visitor.status == 404
    with agency.office.engine.read() as work:
        criteria = administration.Criteria(group="looks")
        looks = administration.lines(work, agency.person("auditor"), criteria, limit=9)
    assert [look.type for look in looks] == ["statistics", "statistics"]


def test_a_case_against_the_director_is_in_no_figure_of_theirs(
    agency: Agency, visitor: Visitor, another: Visitor
) -> None:
    hidden = agency.file(AGAINST_THE_DIRECTOR).case_id
    agency.file(COMPLAINT)
    assert figures(agency, agency.person("auditor")).cases == 1, "it has not been screened yet"
    stated = dict.fromkeys(("evidence_stated", "circumstances_clear", "witnesses_definite"), False)
    agency.do(hidden, "screen", {**SCREENED, **stated, "override_result": "ACCEPT"} | OVERRIDDEN)
    director, auditor = agency.person("director"), agency.person("auditor")

    assert figures(agency, auditor).cases == 2
    assert figures(agency, director).cases == 1
    assert hidden in stays(agency, auditor, "filed")
    assert hidden not in stays(agency, director, "filed")
    visitor.sign_in("director")
    number = agency.case(hidden).receipt_no
    assert number not in visitor.visit("/statistics/steps/filed")
    another.sign_in("auditor")
    assert number in another.visit("/audit/cases")
    another.visit(f"/audit/cases/{hidden}/steps/1")
    assert another.status == 200
