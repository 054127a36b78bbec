"""The people of the load: complainants who come and go, officers who work their lists empty."""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.browser import Browser
from bench.load import answers
from bench.load.answers import Example
from complaints.demo import DEMO_PASSWORD

RECEIPT = re.compile(r'id="receipt-no"[^>]*>([^<]+)<')
CODE = re.compile(r'id="tracking-code"[^>]*>([^<]+)<')
NUMBER = re.compile(r"\b(?:[^\s<>]+\.\d{5,}/\d{4})")
TASK = re.compile(r'href="(/tasks/[0-9a-f]{32})"')
NAME = re.compile(r'name="([\w-]+)"')
MISTAKES = 0.02  # of what people send is wrong at first
ATTACHED = 0.3  # of the complaints come with a file


@dataclass
class Agency:
    """What all of them share: the complaints that were filed, by their receipt number."""

    examples: list[Example] = field(default_factory=answers.examples)
    filed: dict[str, tuple[Example, dict[str, int]]] = field(default_factory=dict)
    completed: int = 0
    puzzled: list[str] = field(default_factory=list)  # what nobody here knows an answer to
    lock: threading.Lock = field(default_factory=threading.Lock)


class Complainant:
    """Files one complaint, looks after it, answers when asked."""

    def __init__(self, browser: Browser, agency: Agency, example: Example, chance: random.Random):
        self.browser, self.agency, self.example, self.chance = browser, agency, example, chance
        self.code = ""

    def file(self) -> bool:
        page = f"/file/{self.example['complaint']['track']}"
        self.browser.get("/")
        self.browser.get(page)
        if self.chance.random() < MISTAKES:
            self.browser.post(page, {"facts": ""}, expect=(422,))
        attach = self.chance.random() < ATTACHED
        self.browser.post(page, answers.intake(self.example, attach=attach))
        number, code = RECEIPT.search(self.browser.page), CODE.search(self.browser.page)
        if number is None or code is None:
            self.agency.puzzled.append(f"{page}: no receipt ({self.browser.status})")
            return False
        self.code = code[1]
        with self.agency.lock:
            self.agency.filed[number[1].strip()] = (self.example, {})
        self.browser.post("/receipt")
        return True

    def follow(self) -> None:
        """Come back with the code; answer if something was asked."""
        if self.chance.random() < MISTAKES:
            self.browser.post("/case/leave")
            self.browser.get("/track")
            self.browser.post("/track", {"code": "0000 0000 0000 0000"}, expect=(404, 422))
        self.browser.get("/track")
        if self.browser.path == "/track":
            self.browser.post("/track", {"code": self.code})
        if "/case/reply" in self.browser.page and self.example["handling"].get("answer"):
            self.browser.get("/case/reply")
            self.browser.post("/case/reply", {"reply": self.example["handling"]["answer"]})


class Officer:
    """Signs in, takes what the work list offers, fills the form, goes on."""

    def __init__(self, browser: Browser, agency: Agency, username: str, chance: random.Random):
        self.browser, self.agency, self.username = browser, agency, username
        self.chance = chance
        self.left_alone: set[str] = set()  # tasks that are not for them

    def sign_in(self) -> None:
        self.browser.get("/sign-in")
        given = {"username": self.username, "password": DEMO_PASSWORD}
        self.browser.post("/sign-in", given)

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
