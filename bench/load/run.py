"""A month of a busy agency in a few minutes: who comes when, who works, and when it stops."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from queue import SimpleQueue

from bench.browser import Browser, Visit
from bench.installation import Installation
from bench.load.entry_points import EntryPoint, IntakeCounter, PublicPage, Relay
from bench.load.people import Agency, Complainant, Officer

# Complaints that come in each hour of a day, of a hundred: the counters open at half past eight.
BY_HOUR = (1, 0, 0, 0, 0, 0, 1, 3, 9, 13, 12, 9, 6, 9, 10, 9, 6, 3, 2, 2, 2, 1, 1, 1)
DAYS = 22  # working days of a month
MORNING = 0.1  # of the time, in which all officers have come
PATIENCE = 5  # looks at an empty list before an officer goes home
VISITORS = 6  # complainants at a browser at the same time
SEED = 2569
SOURCES = {"web": "website", "1111": "relay-1111"}  # channel -> the system that sends from there
ELSEWHERE = 0.25  # of those who file over the web do it on the agency's own site


@dataclass(frozen=True, slots=True)
class Plan:
    """How much, how long at most (seconds), and how fast people think (seconds, at most)."""

    complaints: int = 400
    officers: int = 50
    seconds: float = 300.0
    think: float = 0.4


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was seen."""

    visits: tuple[Visit, ...]
    filed: int
    entry_points: Mapping[str, int]  # how many of them came in by which
    completed: int
    puzzled: tuple[str, ...]
    seconds: float
    memory: tuple[float, float]  # megabytes of the server, before and after


def arrivals(plan: Plan) -> list[float]:
    """When each complaint comes, in seconds from the start: two thirds of the time are the month's
    arrivals, the rest is for the officers to catch up."""
    chance = random.Random(SEED)  # noqa: S311 - the same month every time
    hours = range(24)
    moments = sorted(
        chance.randrange(DAYS) * 24 + chance.choices(hours, BY_HOUR)[0] + chance.random()
        for _ in range(plan.complaints)
    )
    return [moment / (DAYS * 24) * plan.seconds * 2 / 3 for moment in moments]


class Run:
    """One replay of the plan against a served installation."""

    def __init__(self, installation: Installation, plan: Plan) -> None:
        self.installation, self.plan = installation, plan
        self.agency = Agency()
        self.visits: list[Visit] = []
        self.over = threading.Event()
        self._waiting: SimpleQueue[int] = SimpleQueue()
        self._came = threading.Event()  # every complaint
        self._broken: list[Exception] = []  # what ended a person's day before its time

    def __call__(self) -> Outcome:
        memory, began = self.installation.memory, time.perf_counter()
        officers = [self._thread(self._officer, name) for name in self._staff()]
        visitors = [self._thread(self._visitor, number) for number in range(VISITORS)]
        self._let_in(began)
        for visitor in visitors:
            visitor.join()
        self._came.set()
        for officer in officers:
            officer.join(max(0.0, began + self.plan.seconds - time.perf_counter()))
        self.over.set()
        for officer in officers:
            officer.join()
        if self._broken:
            raise ExceptionGroup("people of the load stopped before its end", self._broken)
        seconds = time.perf_counter() - began
        return Outcome(
            tuple(self.visits),
            len(self.agency.filed),
            dict(self.agency.entry_points),
            self.agency.completed,
            tuple(self.agency.puzzled),
            seconds,
            (memory, self.installation.memory),
        )

    def _staff(self) -> Sequence[str]:
        return self.installation.staff[: self.plan.officers]

    def _thread(self, work: Callable[..., None], *arguments: object) -> threading.Thread:
        def working() -> None:
            try:
                work(*arguments)
            except Exception as error:  # told when the run is over: a person less is no result
                self._broken.append(error)

        thread = threading.Thread(target=working, daemon=True)
        thread.start()
        return thread

    def _let_in(self, began: float) -> None:
        for number, moment in enumerate(arrivals(self.plan)):
            if self.over.wait(max(0.0, began + moment - time.perf_counter())):
                break
            self._waiting.put(number)
        for _ in range(VISITORS):
            self._waiting.put(-1)

    def _visitor(self, seat: int) -> None:
        chance = random.Random(SEED + seat)  # noqa: S311
        examples = self.agency.examples
        entry_points = self._entry_points(seat)
        earlier: list[Complainant] = []
        while (number := self._waiting.get()) >= 0:
            person = Complainant(
                self._browser(), self.agency, examples[number % len(examples)], chance
            )
            if person.file(self._entry_point(entry_points, person)):
                earlier.append(person)
            person.browser.close()  # nobody keeps a line open between two visits
            back = chance.choice(earlier or [person])
            back.follow()
            back.browser.close()
        for entry_point in entry_points.values():
            entry_point.browser.close()

    def _entry_points(self, seat: int) -> dict[str, EntryPoint]:
        """What stands beside this seat for those who do not file on the page themselves."""
        clerks = [name for name in self.installation.staff if name.startswith("intake_officer")]
        relays = {
            channel: Relay(self._browser(), name, self.installation.secrets[name])
            for channel, name in SOURCES.items()
        }
        return {**relays, "": IntakeCounter(self._browser(), clerks[seat % len(clerks)])}

    def _entry_point(
        self, entry_points: Mapping[str, EntryPoint], person: Complainant
    ) -> EntryPoint:
        """Some fill the form on the agency's own site, which sends it on."""
        channel = person.example["channel"]
        if channel == "web" and person.chance.random() > ELSEWHERE:
            return PublicPage(person.browser)
        return entry_points.get(channel, entry_points[""])

    def _officer(self, username: str) -> None:
        officer = Officer(self._browser(), self.agency, username, random.Random(username))  # noqa: S311
        # Nobody's morning begins at the same second, and checking a password is meant to be dear.
        self.over.wait(officer.chance.random() * self.plan.seconds * MORNING)
        officer.sign_in()
        idle = 0
        while not self.over.is_set() and idle < PATIENCE:
            came = self._came.is_set()
            busy = officer.work(lambda: self._think(officer.chance))
            idle = idle + 1 if came and not busy else 0
            self._think(officer.chance)
        officer.browser.close()

    def _think(self, chance: random.Random) -> None:
        self.over.wait(chance.random() * self.plan.think)

    def _browser(self) -> Browser:
        return Browser("127.0.0.1", self.installation.port, self.visits.append)
