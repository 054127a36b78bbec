"""The README's walk of five minutes, word for word: whatever it names is on the page it names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from office.ground.tables import Case
from tests.support.agency import Agency
from tests.web.visitor import Visitor

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
WALK = re.split(
    r"\n(?=\d\. )",
    README.partition("## A first walk of five minutes")[2].partition("\n## ")[0],
)
NAMED = re.compile(r"([ก-๙][ก-๙ ./]*[ก-๙.])(?: \(|, )\*([^*]+)\*")


def named(step: int) -> dict[str, str]:
    """What a step of the walk names in Thai, with the English beside it."""
    return dict(NAMED.findall(WALK[step].replace("\n   ", " ")))


def fields(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Answers as a browser posts them: rows of a list by their number."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from fields(part, f"{name}-{key}" if name else key)
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from fields(part, f"{name}-{number}")
    else:
        yield name, str(value).lower() if isinstance(value, bool) else str(value)


def answers(step: str) -> dict[str, str]:
    return dict(fields(json.loads((ROOT / f"docs/tutorial/walk/{step}.json").read_text("utf-8"))))


class Reader:
    """Somebody who follows the README: what it names must be there, in both languages."""

    def __init__(self, app: Flask) -> None:
        self.visitor = Visitor(app.test_client())

    def sees(self, step: int, thai: str) -> None:
        page, path = self.visitor.page, self.visitor.path
        english = named(step)[thai]
        assert thai in page, f"{thai} is not on {path}"
        self.visitor.send("/language/en", back=path)
        assert english in self.visitor.visit(path), f"{english} is not on {path}"
        self.visitor.send("/language/th", back=path)
        self.visitor.visit(path)

    def follows(self, link: str) -> str:
        """Press the link of this text."""
        found = re.search(rf'<a[^>]*href="([^"]+)"[^>]*>\s*{re.escape(link)}', self.visitor.page)
        assert found, f"no link {link} on {self.visitor.path}"
        return self.visitor.visit(found[1])

    def take(self, case_id: str, agency: Agency, element: str) -> str:
        """Take the task of the work list; its page then has the form."""
        task = agency.task(case_id, element)
        assert f"/tasks/{task.id}" in self.visitor.visit("/work")
        self.visitor.visit(f"/tasks/{task.id}")
        self.visitor.send(f"/tasks/{task.id}/claim")
        return self.visitor.visit(f"/tasks/{task.id}")

    def complete(self, case_id: str, agency: Agency, element: str) -> str:
        """Complete the task with the answers of the tutorial."""
        task = agency.task(case_id, element)
        page = self.visitor.send(f"/tasks/{task.id}", answers(element))
        assert self.visitor.path == "/work", page
        agency.office.run_due()
        return page


def test_the_walk_of_the_readme_word_for_word(app: Flask, agency: Agency) -> None:
    complainant, head = Reader(app), Reader(app)

    complainant.visitor.visit("/")
    complainant.sees(1, "ร้องทุกข์ ร้องเรียนบริการ")
    complainant.follows("ยื่นเรื่องร้องทุกข์")
    complainant.sees(1, "เว็บไซต์/ข้อมูล/ระบบ")
    filed = {k: v for k, v in answers("complaint").items() if k != "track"}
    complainant.visitor.send("/file/G", filed)
    assert complainant.visitor.path == "/receipt", complainant.visitor.page
    code = complainant.visitor.text_of("tracking-code")
    assert len(re.sub(r"\D", "", code)) == 16
    agency.office.run_due()
    with agency.office.engine.read() as work:
        case_id = work.session.scalars(sa.select(Case.id)).one()

    head.visitor.sign_in("screening_head")
    head.visitor.visit("/work")
    head.sees(2, "กลั่นกรองเรื่อง")
    head.visitor.visit(f"/tasks/{agency.task(case_id, 'screen').id}")
    head.sees(2, "รับงานนี้")
    head.take(case_id, agency, "screen")
    head.complete(case_id, agency, "screen")
    head.visitor.visit("/work")
    head.sees(2, "มอบหมายฝ่าย")
    assert re.search(r"<option [^>]*selected>ฝขท\.<", head.take(case_id, agency, "assign"))
    head.complete(case_id, agency, "assign")
    for username, element in [
        ("unit_director.it", "accept"),
        ("unit_officer.it", "clarify"),
        ("screening_head", "assess"),
        ("director", "decide"),
    ]:
        person = Reader(app)
        person.visitor.sign_in(username)
        person.take(case_id, agency, element)
        person.complete(case_id, agency, element)
    agency.office.run_due()

    complainant.visitor.visit("/")
    complainant.sees(5, "ติดตามเรื่อง")
    complainant.visitor.visit("/track")
    page = complainant.visitor.send("/track", code=code)
    assert complainant.visitor.path == "/case"
    assert "หนังสือ" in page

    auditor = Reader(app)
    auditor.visitor.sign_in("auditor")
    auditor.visitor.visit(f"/audit/cases/{case_id}")
    auditor.sees(6, "เล่นย้อนหลัง")
    auditor.sees(6, "สถิติ")
    auditor.sees(6, "คู่มือการร้องเรียน")
    assert auditor.follows("เล่นย้อนหลัง")
    assert auditor.visitor.status == 200
    assert {*named(1), *named(2), *named(5), *named(6)} == {
        "ร้องทุกข์ ร้องเรียนบริการ",
        "เว็บไซต์/ข้อมูล/ระบบ",
        "กลั่นกรองเรื่อง",
        "รับงานนี้",
        "มอบหมายฝ่าย",
        "ฝขท.",
        "ติดตามเรื่อง",
        "เล่นย้อนหลัง",
        "สถิติ",
        "คู่มือการร้องเรียน",
    }, "the walk names something that nobody looks for here"
