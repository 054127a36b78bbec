"""What each page costs: statements, transactions, commits and decryptions, among ten cases and
among a thousand. The ceilings are the agreed ones; the table is printed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import pytest
import sqlalchemy as sa
from flask import Flask

from office.deadlines.tables import ReminderRow
from tests.support.agency import ASSIGNED, Agency
from tests.support.counting import Cost, counting
from tests.support.crowd import crowd
from tests.walks.test_three_walks import COMPLAINT, SCREENED_G
from tests.web.visitor import Visitor

FEW, MANY = 10, 1_000
COMPLETED = "POST /tasks/x"
# Statements at most; each page in one transaction.
CEILINGS = {
    "GET /work": 10,
    "GET /tasks/x": 14,
    "GET /cases/x": 20,
    "GET /cases": 8,
    "GET /expedite": 10,
    "GET /register": 5,
    "GET /audit/cases/x": 26,
    "GET /case": 12,
    COMPLETED: 40,
}
POSTED = {
    name: str(value).lower() if isinstance(value, bool) else value
    for name, value in SCREENED_G.items()
}


@dataclass
class Desks:
    """People at their browsers, and what lies on their desks."""

    agency: Agency
    app: Flask

    def fill(self, count: int) -> None:
        """So many cases that nobody has screened yet, all of them late. Their reminders were
        planned before it was known who handles a case: who is told is looked up as it is shown."""
        first = self.agency.file(COMPLAINT)
        with self.agency.office.begin() as work:
            planned = sa.select(ReminderRow).where(ReminderRow.case_id == first.case_id)
            for row in work.session.scalars(planned):
                row.rule = {**row.rule, "to": []}
            work.session.flush()  # the copies are made of what is written
            crowd(work, self.agency.office.services, first.case_id, count)
        self.agency.clock.advance(days=12)

    def costs(self) -> dict[str, Cost]:
        return {name: self._cost(act) for name, act in self._acts()}

    def _cost(self, act: Callable[[], object]) -> Cost:
        with counting(self.agency.office.engine.database) as cost:
            act()
        return cost

    def _acts(self) -> Iterator[tuple[str, Callable[[], object]]]:
        assigned, screening = self.agency.file(COMPLAINT), self.agency.file(COMPLAINT)
        self.agency.do(assigned.case_id, "screen", SCREENED_G)
        self.agency.do(assigned.case_id, "assign", {**ASSIGNED, "lead_unit": "it"})
        case, task = assigned.case_id, self.agency.task(screening.case_id, "screen").id
        head, clerk, auditor = (
            self._signed_in(name) for name in ("screening_head", "intake_officer", "auditor")
        )
        complainant = Visitor(self.app.test_client())
        complainant.visit("/track")
        complainant.send("/track", code=assigned.tracking_code)
        pages = {
            "GET /work": (head, "/work"),
            "GET /tasks/x": (head, f"/tasks/{task}"),
            "GET /cases/x": (head, f"/cases/{case}"),
            "GET /cases": (head, "/cases"),
            "GET /expedite": (head, "/expedite"),
            "GET /register": (clerk, "/register"),
            "GET /audit/cases/x": (auditor, f"/audit/cases/{case}"),
            "GET /case": (complainant, "/case"),
        }
        for name, (visitor, path) in pages.items():
            visitor.visit(path)  # what is compiled once, and an examiner's look that is recorded
            assert visitor.status == 200, name
            yield name, partial(visitor.visit, path)
        head.visit(f"/tasks/{task}")
        yield COMPLETED, partial(self._complete, head, f"/tasks/{task}")

    def _complete(self, head: Visitor, path: str) -> None:
        answer = head.client.post(path, data={**head.hidden, **POSTED})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/work")

    def _signed_in(self, name: str) -> Visitor:
        visitor = Visitor(self.app.test_client())
        visitor.sign_in(name)
        return visitor


@pytest.fixture
def desks(agency: Agency, app: Flask) -> Desks:
    return Desks(agency, app)


def test_a_page_among_a_thousand_open_tasks_costs_what_was_agreed(
    desks: Desks, capsys: pytest.CaptureFixture[str]
) -> None:
    desks.fill(MANY)

    costs = desks.costs()

    table = "\n".join(cost.row(name) for name, cost in costs.items())
    with capsys.disabled():
        sys.stdout.write(f"\n{table}\n")
    found = {name: len(cost.statements) for name, cost in costs.items()}
    assert {name: count for name, count in found.items() if count > CEILINGS[name]} == {}
    assert found.keys() == CEILINGS.keys()
    assert {name: cost.transactions for name, cost in costs.items()} == dict.fromkeys(costs, 1)
    commits = {name: cost.commits for name, cost in costs.items() if cost.commits}
    assert commits == {COMPLETED: 1}
    assert {name: cost.opened_again() for name, cost in costs.items() if cost.opened_again()} == {}
    # To complete a task, nothing that was written before needs to be read.
    assert not {"submission.sealed", "complaint_case.title"} & costs[COMPLETED].opened_tables()


def test_a_page_costs_the_same_among_few_and_among_many(desks: Desks) -> None:
    desks.fill(FEW)
    desks.costs()  # and what is done in it: somebody has claimed, something was told
    desks.fill(FEW)
    few = {name: len(cost.statements) for name, cost in desks.costs().items()}

    desks.fill(MANY)
    many = {name: len(cost.statements) for name, cost in desks.costs().items()}

    assert {name: (few[name], count) for name, count in many.items() if count > few[name]} == {}
