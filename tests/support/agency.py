"""The whole agency for tests: the real guideline, a person for every role, and words to walk a
complaint from intake to the letter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench.examples import ASSIGNED as ASSIGNED
from bench.examples import CLARIFIED as CLARIFIED
from bench.examples import DECIDED as DECIDED
from bench.examples import INCOMPLETE as INCOMPLETE
from bench.examples import OPINION as OPINION
from bench.examples import REPLIED as REPLIED
from bench.examples import SCREENED as SCREENED
from engine.ground.clock import BANGKOK, TravellingClock
from engine.ground.errors import FourEyes
from engine.store.tables import UserTask
from office.cases.register import Filed
from office.ground.settings import OfficeSettings
from office.ground.tables import Case
from office.operations import demo
from office.people import people
from office.people.people import User
from tests.support.verbs import Office

FOUNDED = datetime(2026, 3, 2, 9, tzinfo=BANGKOK)

COMPLAINT = "complaint"  # the application that `Agency.file` files in


@dataclass
class Agency:
    """An office with its people; `do` finds somebody who may do the task and does it."""

    office: Office
    clock: TravellingClock
    staff: list[User]

    @classmethod
    def open(cls, database_url: str, clock: TravellingClock, data_dir: Path) -> Agency:
        """Found an agency on a database that has nothing but tables."""
        settings = OfficeSettings(database_url=database_url, data_dir=data_dir, demo=True)
        office = Office.open(settings, clock=clock)
        office.deploy_guideline()
        with office.engine.begin() as work:
            demo.add_demo_users(work)
            # The two-person rule needs two people in a role.
            for name in ("intake_officer", "screening_head"):
                people.add_user(
                    work,
                    f"{name}.2",
                    f"{name} 2",
                    demo.DEMO_PASSWORD,
                    groups=[name],
                    demo=True,
                )
        return cls.at(office, clock)

    @classmethod
    def found(cls, database_url: str, data_dir: Path) -> None:
        """Found one and leave it: an installation of which `Installations` gives copies."""
        cls.open(database_url, TravellingClock(FOUNDED), data_dir).close()

    @classmethod
    def at(cls, office: Office, clock: TravellingClock) -> Agency:
        """The agency that was founded in this office."""
        with office.engine.read() as work:
            return cls(office, clock, people.users(work))

    def close(self) -> None:
        self.office.close()

    def person(self, group: str) -> User:
        return next(user for user in self.staff if group in user.groups)

    def file(self, complaint: Mapping[str, Any], channel: str = "web") -> Filed:
        if channel == "web":
            filed = self.office.file_complaint(complaint, application=COMPLAINT)
        else:
            clerk = self.person("intake_officer").actor
            officer = {
                "channel": channel,
                "received_at": self.clock.now().isoformat(),
                "classification": "ปกติ",
                **({"read_back": True} if channel == "phone" else {}),
                **({"box_witness": "พยานเปิดกล่อง"} if channel == "box" else {}),
            }
            source = complaint.get("source_no")
            mine = {key: value for key, value in complaint.items() if key != "source_no"}
            officer |= {"source_no": source} if source else {}
            filed = self.office.file_complaint(
                mine, officer, channel=channel, actor=clerk, application=COMPLAINT
            )
        self.office.run_due()
        return filed

    def case(self, case_id: str) -> Case:
        with self.office.engine.read() as work:
            return work.session.scalars(sa.select(Case).where(Case.id == case_id)).one()

    def instance(self, case_id: str) -> str:
        found = self.case(case_id).instance_id
        assert found is not None
        return found

    def waiting(self, case_id: str) -> list[str]:
        """The elements whose tasks are open."""
        return sorted(t.element_id for t in self.office.engine.tasks(self.instance(case_id)))

    def task(self, case_id: str, element: str) -> UserTask:
        for task in self.office.engine.tasks(self.instance(case_id)):
            if task.element_id == element:
                return task
        raise AssertionError(f"{element} is not open; open are {self.waiting(case_id)}")

    def do(self, case_id: str, element: str, answers: Mapping[str, Any]) -> User:
        """Somebody who may does the task; returns who it was."""
        task = self.task(case_id, element)
        for user in self.staff:
            if user.groups.isdisjoint(task.candidate_groups):
                continue
            try:
                self.office.claim(task.id, user)
            except FourEyes:
                continue
            self.office.complete(task.id, answers, user=user)
            self.office.run_due()
            return user
        raise AssertionError(f"nobody may do {element}: {task.candidate_groups}")

    def variables(self, case_id: str) -> dict[str, Any]:
        return self.office.engine.variables(self.instance(case_id))

    def pass_days(self, days: float) -> None:
        self.clock.advance(days=days)
        self.office.run_due()

    def check_record(self, case_id: str) -> None:
        engine = self.office.engine
        assert engine.verify(self.instance(case_id)).differences == []
        assert engine.replay(self.instance(case_id)).differences == []
