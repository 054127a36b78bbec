"""How a complaint comes in: the public page, the intake counter, another system."""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass
from typing import Protocol

from bench.browser import Browser
from bench.examples import Example
from bench.load import answers
from office.operations.demo import DEMO_PASSWORD
from webhooks.signing import new_secret, sign

RECEIPT = re.compile(r'id="receipt-no"[^>]*>([^<]+)<')
CODE = re.compile(r'id="tracking-code"[^>]*>([^<]+)<')
MISTAKES = 0.02  # of what people send is wrong at first
ATTACHED = 0.3  # of the complaints come with a file


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a complainant goes home with."""

    number: str
    code: str


class EntryPoint(Protocol):
    """Takes a complaint, as whoever stands at it does."""

    browser: Browser

    def file(self, example: Example, chance: random.Random) -> Receipt | None: ...


@dataclass
class PublicPage:
    """The complainant fills the form."""

    browser: Browser

    def file(self, example: Example, chance: random.Random) -> Receipt | None:
        page = f"/file/{example['complaint']['track']}"
        self.browser.get("/")
        self.browser.get(page)
        if chance.random() < MISTAKES:
            self.browser.post(page, {"facts": ""}, expect=(422,))
        self.browser.post(page, answers.intake(example, attach=chance.random() < ATTACHED))
        receipt = read_receipt(self.browser)
        if receipt is not None:
            self.browser.post("/receipt")
        return receipt


@dataclass
class IntakeCounter:
    """An officer registers what came on paper, by phone or in the box."""

    browser: Browser
    username: str
    signed_in: bool = False

    def file(self, example: Example, chance: random.Random) -> Receipt | None:
        if not self.signed_in:
            sign_in(self.browser, self.username)
            self.signed_in = True
        self.browser.get("/register")
        if chance.random() < MISTAKES:
            self.browser.post("/register", {"facts": ""}, expect=(422,))
        written = answers.registered(example, example["channel"], attach=chance.random() < ATTACHED)
        self.browser.post("/register", written, expect=(201,))
        return read_receipt(self.browser)


@dataclass
class Relay:
    """Another system sends the complaint, signed."""

    browser: Browser
    name: str
    secret: str

    def file(self, example: Example, chance: random.Random) -> Receipt | None:
        if chance.random() < MISTAKES:
            self._post(example, new_secret(), chance, expect=401)
        self._post(example, self.secret, chance, expect=200)
        if self.browser.status != 200:
            return None
        told = json.loads(self.browser.page)
        return Receipt(told["receipt_no"], told["tracking_code"])

    def _post(self, example: Example, secret: str, chance: random.Random, *, expect: int) -> None:
        body = json.dumps(example["complaint"], ensure_ascii=False)
        headers = sign(secret, f"msg_{chance.getrandbits(64):x}", body, at=answers.now())
        headers["Content-Type"] = "application/json"
        self.browser.send(f"/hooks/{self.name}", body.encode(), headers, expect=(expect,))


def sign_in(browser: Browser, username: str) -> None:
    browser.get("/sign-in")
    browser.post("/sign-in", {"username": username, "password": DEMO_PASSWORD})


def read_receipt(browser: Browser) -> Receipt | None:
    number, code = RECEIPT.search(browser.page), CODE.search(browser.page)
    return Receipt(number[1].strip(), code[1].strip()) if number and code else None
