"""A person at a browser: signs in, fills forms by their fields, and is never shown a barrier."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from office.operations.demo import DEMO_PASSWORD

axe = Axe()
# No rule that is on by default looks into style sheets, which axe would fetch again for itself.
EXAMINATION = {"resultTypes": ["violations"], "preload": False}
# What differs from one run to the next and from one case to the next, and bars nobody's way.
TOKENS = re.compile(r'\b[0-9a-f]{32}\b|(?<=value=")[\w.-]{40,}(?=")|\b(\d{4} ){3}\d{4}\b')
_examined: set[tuple[int, str]] = set()


class Person:
    """One person with a browser of their own; `look` holds each page they see to account."""

    def __init__(self, browser: Browser, address: str, *, phone: bool = False) -> None:
        self.width, height = (390, 844) if phone else (1440, 900)
        self.context = browser.new_context(
            base_url=address,
            viewport={"width": self.width, "height": height},
            locale="th-TH",
            timezone_id="Asia/Bangkok",
        )
        self.page: Page = self.context.new_page()
        self.troubles: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))

    def _hear(self, message: Any) -> None:
        if message.type in ("error", "warning") and "status of 4" not in message.text:
            self.troubles.append(message.text)

    def close(self) -> None:
        self.context.close()

    # ── looking ────────────────────────────────────────────────────────────────────────────

    def look(self) -> str:
        """Wait until the page is ready; it must be free of barriers and of trouble."""
        self.page.wait_for_selector("html[data-ready]")
        self._examine()
        assert not self.troubles, f"{self.page.url}: {self.troubles}"
        return self.page.locator("main").inner_text()

    def _examine(self) -> None:
        """Look for barriers; the same page at the same width has none the second time either."""
        seen = self.width, TOKENS.sub("", self.page.content())
        if seen in _examined:
            return
        found = axe.run(self.page, options=EXAMINATION)
        assert found.violations_count == 0, f"{self.page.url}: {found.generate_report()}"
        _examined.add(seen)

    def visit(self, path: str) -> str:
        self.page.goto(path)
        return self.look()

    def press(self, name: str) -> str:
        """Press the button or follow the link with this name."""
        target = self.page.get_by_role("button", name=name, exact=True)
        if target.count() == 0:
            target = self.page.get_by_role("link", name=name, exact=True)
        target.first.click()
        self.page.wait_for_load_state()
        return self.look()

    def text(self, id: str) -> str:
        return self.page.locator(f"#{id}").inner_text().strip()

    # ── forms ──────────────────────────────────────────────────────────────────────────────

    def fill(self, answers: Mapping[str, str]) -> None:
        """Answer fields by the names of their inputs, in the order given."""
        for name, answer in answers.items():
            self._answer(name, answer)

    def attach(self, name: str, file: Path) -> None:
        self.page.locator(f'input[type="file"][name="{name}"]').set_input_files(file)

    def add(self, rows: str) -> None:
        """Press the button that adds a row to a list."""
        button = self.page.locator(f'button[name="_action"][value="add:{rows}"]')
        with self.page.expect_response(lambda answer: answer.request.method == "POST"):
            button.click()
        self._settled()

    def _answer(self, name: str, answer: str) -> None:
        fields = self.page.locator(f'main [name="{name}"]:not([type="hidden"])')
        if fields.count() == 0 and "-" in name:
            self.add(name.split("-")[0])
        expect(fields.first).to_be_visible()
        kind = fields.first.get_attribute("type")
        tag = fields.first.evaluate("field => field.tagName")
        if kind in ("radio", "checkbox"):
            chosen = fields.and_(self.page.locator(f'[value="{answer}"]'))
            if not chosen.is_checked():
                self._changing(chosen, lambda: chosen.check())
        elif tag == "SELECT":
            self._changing(fields.first, lambda: fields.first.select_option(answer))
        else:
            fields.first.fill(answer)
            self._changing(fields.first, lambda: fields.first.blur())

    def _changing(self, field: Locator, act: Any) -> None:
        """An answer that others depend on redraws the form: wait for the new one."""
        if field.get_attribute("data-live") is None:
            act()
            return
        with self.page.expect_response(lambda answer: answer.request.method == "POST"):
            act()
        self._settled()

    def _settled(self) -> None:
        moving = ".htmx-request, .htmx-swapping, .htmx-settling"
        self.page.wait_for_selector(f"html[data-ready]:not(:has({moving}))")

    # ── officers ───────────────────────────────────────────────────────────────────────────

    def sign_in(self, username: str) -> str:
        self.visit("/sign-in")
        self.fill({"username": username, "password": DEMO_PASSWORD})
        return self.press("ลงชื่อเข้าใช้")

    def take(self, task: str) -> str:
        """Open a task of the group by its name, look at it, and take it."""
        self.visit("/work")
        self.page.get_by_role("link", name=task, exact=True).first.click()
        self.look()
        return self.press("รับงานนี้")

    def done(self) -> str:
        return self.press("ทำเสร็จ ส่งต่อขั้นถัดไป")
