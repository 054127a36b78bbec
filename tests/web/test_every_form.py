"""Every address that a page sends to is there, and every form can be redrawn without being sent."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from lxml import html

from engine.verbs import queries
from tests.calendar.test_complaint_clocks import GRIEVANCE, SCREENED_G
from tests.support.agency import Agency
from tests.web.visitor import Visitor

UPDATE = {"_action": "update"}
MOST_PAGES = 60  # of one person; a list of cases looks the same for each of them
SENDS = "//form[not(@method='get')] | //*[@hx-post] | //*[@hx-get]"
PEOPLE = (
    "intake_officer", "screening_head", "director", "unit_officer.it", "auditor",
    "process_owner", "administrator", "identity_custodian",
)  # fmt: skip


def pages(visitor: Visitor, *starts: str) -> Iterator[tuple[str, Any]]:
    """All pages that lead on from the first ones, as the visitor sees them."""
    waiting, seen = deque(starts), set(starts)
    while waiting:
        path = waiting.popleft()
        answer = visitor.client.get(path, follow_redirects=True)
        if answer.mimetype != "text/html":
            continue
        tree = html.document_fromstring(answer.get_data(as_text=True))
        yield answer.request.path, tree
        for link in tree.xpath("//main//a/@href"):
            target = urlsplit(urljoin(path, link))
            if not target.netloc and target.path not in seen and len(seen) < MOST_PAGES:
                seen.add(target.path)
                waiting.append(target.path)


def addresses(path: str, tree: Any) -> Iterator[tuple[str, str]]:
    """Where a page sends to, and by which method."""
    for element in tree.xpath(SENDS):
        for attribute, method in (("hx-get", "GET"), ("hx-post", "POST"), ("action", "POST")):
            if attribute in element.attrib or (attribute == "action" and element.tag == "form"):
                yield urlsplit(urljoin(path, element.get(attribute, ""))).path, method
        for button in element.xpath(".//@formaction"):
            yield urlsplit(urljoin(path, button)).path, "POST"


def redraws(path: str, tree: Any) -> Iterator[tuple[str, str]]:
    """What the scripts of a page ask without anybody having pressed "send"."""
    for form in tree.xpath("//form[descendant::*[@class='sn-form']]"):
        yield urlsplit(urljoin(path, form.get("action", ""))).path, "POST"
    for element in tree.xpath("//*[@hx-post or @hx-get]"):
        method = "POST" if "hx-post" in element.attrib else "GET"
        yield element.get("hx-post") or element.get("hx-get"), method


@pytest.mark.parametrize("who", [None, *PEOPLE])
def test_every_address_that_a_page_sends_to_is_there(
    app: Flask, agency: Agency, visitor: Visitor, who: str | None
) -> None:
    filed = agency.file(GRIEVANCE)
    agency.do(filed.case_id, "screen", SCREENED_G)
    waiting = agency.file(GRIEVANCE)
    if who == "screening_head":
        agency.office.claim(agency.task(waiting.case_id, "screen").id, agency.person(who))
    if who is None:
        visitor.send("/track", code=filed.tracking_code)
        starts = ["/", "/file/C", "/file/G", "/file/F", "/case", "/case/reply", "/case/withdraw"]
    else:
        visitor.sign_in(who)
        case = f"/cases/{filed.case_id}"
        starts = ["/", "/work", "/register", case, f"{case}/extension", f"{case}/stay"]
    routes, told = app.url_map.bind("localhost"), set()

    for path, tree in pages(visitor, *starts):
        for address, method in addresses(path, tree):
            told.add(address)
            assert routes.test(address, method), f"{path} sends to {address}, which is not there"
        for address, method in redraws(path, tree):
            asked = {"csrf_token": tree.xpath("//input[@name='csrf_token']/@value")[0], **UPDATE}
            answer = visitor.client.open(address, method=method, data=asked)
            assert answer.status_code == 200, f"{path} is redrawn by {address}"
            assert b'class="sn-form"' in answer.data

    assert told, "no page sends anything"


REDRAWN = ["/register", "/cases/{case}/extension", "/cases/{case}/stay", "/file/C", "/file/G"]


@pytest.mark.parametrize("path", REDRAWN)
def test_a_form_is_redrawn_at_its_own_address_and_sends_nothing(
    agency: Agency, visitor: Visitor, path: str
) -> None:
    filed = agency.file(GRIEVANCE)
    visitor.sign_in("intake_officer" if path == "/register" else "screening_head")
    before = (
        events(agency, filed.case_id),
        len(agency.office.cases(agency.person("screening_head"))),
    )
    address = path.format(case=filed.case_id)
    shown = html.document_fromstring(visitor.visit(address))

    again = html.document_fromstring(visitor.send(address, _action="update"))

    assert visitor.status == 200
    parts = "//*[contains(@class, 'sn-form')]/@id"
    assert again.xpath(parts) == shown.xpath(parts) != []
    after = events(agency, filed.case_id), len(agency.office.cases(agency.person("screening_head")))
    assert after == before


def events(agency: Agency, case_id: str) -> list[str]:
    with agency.office.engine.read() as work:
        return [event.type for event in queries.history(work, agency.instance(case_id))]
