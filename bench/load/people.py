"""The people of the load: complainants who come and go, officers who work their lists empty."""

from __future__ import annotations

import random
import re
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.browser import Browser
from bench.examples import Example, examples
from bench.load import answers
from bench.load.entry_points import MISTAKES, EntryPoint, sign_in

NUMBER = re.compile(r"\b(?:[^\s<>]+\.\d{5,}/\d{4})")
TASK = re.compile(r'href="(/tasks/[0-9a-f]{32})"')
NAME = re.compile(r'name="([\w-]+)"')


@dataclass
class Agency:
    """What all of them share: the complaints that were filed, by their receipt number."""

    examples: list[Example] = field(default_factory=examples)
    filed: dict[str, tuple[Example, dict[str, int]]] = field(default_factory=dict)
    entry_points: Counter[str] = field(default_factory=Counter)  # how many came in by which
    completed: int = 0
    puzzled: list[str] = field(default_factory=list)  # what nobody here knows an answer to
    lock: threading.Lock = field(default_factory=threading.Lock)


class Complainant:
    """Files one complaint, looks after it, answers when asked, may think better of it."""

    def __init__(self, browser: Browser, agency: Agency, example: Example, chance: random.Random):
        self.browser, self.agency, self.example, self.chance = browser, agency, example, chance
        self.code = ""

    def file(self, entry_point: EntryPoint) -> bool:
        receipt = entry_point.file(self.example, self.chance)
        if receipt is None:
            where, status = self.example["channel"], entry_point.browser.status
            self.agency.puzzled.append(f"no. {self.example['no']} by {where}: {status}")
            return False
        self.code = receipt.code
        with self.agency.lock:
            self.agency.filed[receipt.number] = (self.example, {})
            self.agency.entry_points[type(entry_point).__name__] += 1
        return True

    def follow(self) -> None:
        """Come back with the code; answer if something was asked."""
        self.browser.get("/track")
        if self.chance.random() < MISTAKES:
            if self.browser.path != "/track":
                self.browser.post("/case/leave")
                self.browser.get("/track")
            self.browser.post("/track", {"code": "0000 0000 0000 0000"}, expect=(404, 422))
            self.browser.get("/track")
        if self.browser.path == "/track":
            self.browser.post("/track", {"code": self.code})
        handling = self.example["handling"]
        if "/case/reply" in self.browser.page and handling.get("answer"):
            self.browser.get("/case/reply")
            self.browser.post("/case/reply", {"reply": handling["answer"]})
        if "/case/withdraw" in self.browser.page and handling.get("withdraws_at"):
            self.browser.get("/case/withdraw")
            self.browser.post("/case/withdraw", {"reason": "หน่วยงานแก้ไขให้แล้ว"})


class Officer:
    """Signs in, takes what the work list offers, fills the form, goes on."""

    def __init__(self, browser: Browser, agency: Agency, username: str, chance: random.Random):
        self.browser, self.agency, self.username = browser, agency, username
        self.chance = chance
        self.left_alone: set[str] = set()  # tasks that are not for them

    def sign_in(self) -> None:
        sign_in(self.browser, self.username)

    def work(self, think: Callable[[], None]) -> bool:
        """One task, if there is one; False if the list is empty."""
        self.browser.get("/work", expect=(200, 403))
        offered = list(dict.fromkeys(TASK.findall(self.browser.page)))
        offered = [task for task in offered if task not in self.left_alone]
        if not offered:
            return False
        task = self.chance.choice(offered[:10])
        self.browser.get(task, expect=(200, 404, 409))
        think()
        if f'action="{task}/claim"' in self.browser.page:
            # Who came second, or did a step before this one, is told so.
            self.browser.post(f"{task}/claim", expect=(200, 403, 404, 409))
        if f'action="{task}"' not in self.browser.page:
            self.left_alone.add(task)
            return True
        think()
        self._complete(task)
        return True

    def _complete(self, task: str) -> None:
        number = NUMBER.search(self.browser.page)
        step = answers.step_of(set(NAME.findall(self.browser.page)))
        known = self.agency.filed.get(number[0]) if number else None
        if step is None or known is None:
            self._give_up(task, "no such step or complaint is known")
            return
        example, done = known
        if self.chance.random() < MISTAKES:
            self.browser.post(task, {}, expect=(200, 422))
        self.browser.post(task, answers.officer(step, example, done), expect=(200, 404, 409))
        if self.browser.status == 200 and self.browser.path.startswith("/work"):
            with self.agency.lock:
                self.agency.completed += 1
        else:
            self._give_up(task, f"{step} of no. {example['no']}: {self.browser.status}")

    def _give_up(self, task: str, why: str) -> None:
        self.left_alone.add(task)
        self.agency.puzzled.append(why)
