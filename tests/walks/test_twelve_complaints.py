"""Twelve complaints of different kinds, each handled as its handlers would, reach the outcome that
was written beside them."""

from __future__ import annotations

from collections import Counter

import pytest

from bench.examples import Example, examples, handled
from office.cases.tasks import work_list
from office.ground.tables import Case
from tests.support.agency import Agency

EXAMPLES = examples()


class Handling:
    """Does what the example says its officers, unit, complainant and director do."""

    def __init__(self, agency: Agency, example: Example) -> None:
        self.agency, self.example, self.plan = agency, example, example["handling"]
        self.filed = agency.file(example["complaint"], example["channel"])
        self.case_id = self.filed.case_id
        self.screenings: list[str] = []
        self.done: Counter[str] = Counter()

    def run(self) -> Case:
        for _ in range(40):
            names = self.agency.waiting(self.case_id)
            if not names and not self.wait():
                break
            for name in names:
                self.do(name)
        return self.agency.case(self.case_id)

    def wait(self) -> bool:
        """Nobody has a task: the complainant answers, or lets the deadline pass."""
        if self.agency.case(self.case_id).status != "AWAITING_COMPLAINANT":
            return False
        if self.plan.get("answer"):
            self.agency.office.reply(self.filed.tracking_code, {"reply": self.plan["answer"]})
            self.agency.office.run_due()
        else:
            self.agency.pass_days(30)
        return True

    def do(self, step: str) -> None:
        if step == "clarify" and self.plan.get("withdraws_at") == "clarification":
            self.agency.office.withdraw(self.filed.tracking_code, {"reason": "แก้ไขให้แล้ว"})
            self.agency.office.run_due()
            return
        self.done[step] += 1
        answers = handled(step, self.example, self.done, self.agency.clock.now().date())
        if step == "assign":  # to whom the table proposes, not to whom the example expects
            facts = self.agency.variables(self.case_id)
            answers["lead_unit"] = facts["assignment"]["lead_unit"]
        self.agency.do(self.case_id, step, answers)
        if step == "screen":
            self.screenings.append(self.agency.variables(self.case_id)["screening"]["result"])


@pytest.mark.parametrize("example", EXAMPLES, ids=[f"no{e['no']}" for e in EXAMPLES])
def test_a_complaint_reaches_what_is_written_beside_it(agency: Agency, example: Example) -> None:
    expect = example["expect"]
    handling = Handling(agency, example)

    case = handling.run()

    facts = agency.variables(case.id)
    assert case.outcome == expect.get("ends", "NOTIFIED")
    if "screening" in expect:
        assert handling.screenings[0] == expect["screening"]
    if expect.get("then") == "ACCEPT":
        assert handling.screenings[1] == "ACCEPT"
    if "lead_unit" in expect:
        assert facts["lead_unit"] == expect["lead_unit"]
    if "severity" in expect:
        assert facts["severity"]["level"] == expect["severity"]
    if "classification" in expect:
        assert facts["classification"]["class"] == case.classification == expect["classification"]
    if "protected" in expect:
        assert facts["classification"]["protected"] is expect["protected"]
    if "rounds" in expect:
        assert facts["clarification_round"] == expect["rounds"]
    if "handler" in expect:
        assert facts["handler"]["route"] == expect["handler"]
    agency.check_record(case.id)


def test_the_director_never_sees_a_case_against_the_director(agency: Agency) -> None:
    example = next(e for e in EXAMPLES if e["expect"].get("hidden_from") == "director")
    director = agency.person("director")
    handling = Handling(agency, example)
    seen: list[int] = []

    for _ in range(12):
        with agency.office.engine.read() as work:
            seen.append(len(work_list(work, agency.office.services, director).items))
        names = agency.waiting(handling.case_id)
        if not names:
            break
        for name in names:
            handling.do(name)

    assert set(seen) == {0}
    assert agency.office.cases(director) == []
    assert agency.case(handling.case_id).outcome == "NOTIFIED"
