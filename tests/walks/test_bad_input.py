"""Whatever comes in wrong is refused with a clear sentence in both languages, and the case is as it
was before."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest

from engine.ground.actor import Actor
from engine.ground.errors import DeploymentRejected, Refusal, TaskAlreadyClaimed, TaskNotFound
from engine.verbs import queries
from forms import FormInvalid
from office.ground.errors import FileDisguised, FileTooLarge
from office.vault.attachments import Upload
from tests.support.agency import Agency
from tests.support.drawing import FORM, diagram, end, path, start, user
from tests.walks.test_three_walks import ANONYMOUS, COMPLAINT, SCREENED_G

THAI = re.compile(r"[\u0e00-\u0e7f]")
LATIN = re.compile(r"[A-Za-z]{3}")


def told_in_both(refusal: Refusal) -> None:
    assert THAI.search(refusal.text.th)
    assert LATIN.search(refusal.text.en)
    assert not THAI.search(re.sub(r"[“‘'\"(:].*", "", refusal.text.en))


def snapshot(agency: Agency, case_id: str) -> tuple[Any, ...]:
    """Everything a refused request must leave alone."""
    instance = agency.instance(case_id)
    engine = agency.office.engine
    with engine.read() as work:
        row = queries.instance(work, instance)
        events = [(event.seq, event.hash) for event in queries.history(work, instance)]
        tasks = [(t.id, t.assignee, t.due_at) for t in queries.open_tasks(work)]
        return row.revision, row.state, events, tasks, agency.case(case_id).status


@pytest.fixture
def case(agency: Agency) -> str:
    return agency.file(COMPLAINT).case_id


def refused(
    agency: Agency, case_id: str, kind: type[Refusal], act: Callable[[], object]
) -> Refusal:
    before = snapshot(agency, case_id)
    with pytest.raises(kind) as caught:
        act()
    told_in_both(caught.value)
    assert snapshot(agency, case_id) == before
    return caught.value


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"detriment_risk": 9}, "detriment_risk"),
        ({"simple": "บางที"}, "simple"),
        ({"opinion": "สั้น"}, "opinion"),
        ({"opinion": "ย" * 5_001}, "opinion"),
        ({"opinion": None}, "opinion"),
        ({"coi_none": False}, "coi_none"),
        ({"is_admin": True}, "is_admin"),
    ],
    ids=["not an option", "wrong type", "too short", "too long", "missing", "unticked", "extra"],
)
def test_a_form_filled_wrongly_names_the_field(
    agency: Agency, case: str, change: dict[str, Any], field: str
) -> None:
    head = agency.person("screening_head")
    task = agency.task(case, "screen").id
    answers = {**SCREENED_G, **change}

    refusal = refused(
        agency, case, FormInvalid, lambda: agency.office.complete(task, answers, user=head)
    )

    assert isinstance(refusal, FormInvalid)
    assert list(refusal.errors) == [field]
    for message in refusal.errors[field]:
        assert THAI.search(message.th)
        assert LATIN.search(message.en)


def upload(name: str, content: bytes) -> Upload:
    return Upload("evidence", name, io.BytesIO(content))


def test_a_file_too_large_is_refused_and_none_stays(agency: Agency, case: str) -> None:
    large = upload("ใหญ่.pdf", b"%PDF-1.7\n" + bytes(25 * 1024 * 1024))

    refused(
        agency, case, FileTooLarge, lambda: agency.office.file_complaint(COMPLAINT, None, [large])
    )


def test_a_page_named_pdf_is_refused_by_what_it_holds(agency: Agency, case: str) -> None:
    page = upload("หลักฐาน.pdf", b"<!doctype html><html><script>alert(1)</script></html>")

    refusal = refused(
        agency, case, FileDisguised, lambda: agency.office.file_complaint(COMPLAINT, None, [page])
    )

    assert "หลักฐาน.pdf" in refusal.text.th


def test_a_task_done_once_is_not_done_twice(agency: Agency, case: str) -> None:
    head = agency.person("screening_head")
    task = agency.task(case, "screen").id
    agency.office.complete(task, SCREENED_G, user=head)

    refused(
        agency,
        case,
        TaskNotFound,
        lambda: agency.office.complete(task, SCREENED_G, user=head),
    )


def test_a_colleagues_task_stays_with_the_colleague(agency: Agency, case: str) -> None:
    heads = [user for user in agency.staff if "screening_head" in user.groups]
    task = agency.task(case, "screen").id
    agency.office.claim(task, heads[0])

    refused(
        agency,
        case,
        TaskAlreadyClaimed,
        lambda: agency.office.complete(task, SCREENED_G, user=heads[1]),
    )


GOOD = diagram(start(), user("a"), end(), path("start", "a", "end"))
BAD_FILES = {
    "not XML": ({"x.bpmn": b"this is not XML", "any.form": FORM}, "x.bpmn"),
    "DOCTYPE": (
        {"x.bpmn": GOOD.replace(b"?>", b'?><!DOCTYPE a [<!ENTITY b "c">]>', 1), "any.form": FORM},
        "x.bpmn",
    ),
    "missing form": ({"x.bpmn": GOOD.replace(b'formId="any"', b'formId="nowhere"')}, "a"),
    "missing decision": (
        {
            "x.bpmn": GOOD.replace(b"bpmn:userTask", b"bpmn:businessRuleTask")
            .replace(b'<zeebe:formDefinition formId="any"/>', b"")
            .replace(
                b'<zeebe:assignmentDefinition candidateGroups="officer"/>',
                b'<zeebe:calledDecision decisionId="nowhere" resultVariable="x"/>',
            )
        },
        "a",
    ),
    "bad expression": (
        {"x.bpmn": GOOD.replace(b'"officer"', b'"=[1, 2"'), "any.form": FORM},
        "a",
    ),
    "no role": (
        {"x.bpmn": GOOD.replace(b' candidateGroups="officer"', b""), "any.form": FORM},
        "a",
    ),
    "broken form": ({"x.bpmn": GOOD, "any.form": b"{"}, "any.form"),
    "python script": (
        {
            "x.bpmn": GOOD.replace(b"bpmn:userTask", b"bpmn:scriptTask").replace(
                b"<bpmn:extensionElements>",
                b"<bpmn:script>import os</bpmn:script><bpmn:extensionElements>",
            ),
            "any.form": FORM,
        },
        "a",
    ),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_refused_by_name_and_the_running_version_stays(
    agency: Agency, case: str, name: str
) -> None:
    files, place = BAD_FILES[name]
    engine = agency.office.engine
    with engine.read() as work:
        versions = [d.id for d in queries.definitions(work)]

    refusal = refused(
        agency, case, DeploymentRejected, lambda: engine.deploy(files, Actor.of("owner"))
    )

    assert isinstance(refusal, DeploymentRejected)
    places = {f.element or f.file for f in refusal.findings if f.severity == "error"}
    places |= {f.file for f in refusal.findings if f.severity == "error"}
    assert place in places
    with engine.read() as work:
        assert [d.id for d in queries.definitions(work)] == versions


def test_a_complaint_filled_wrongly_takes_no_number(agency: Agency, case: str) -> None:
    first = agency.case(case).receipt_no

    wrong = {**ANONYMOUS, "facts": "สั้น"}
    refused(agency, case, FormInvalid, lambda: agency.office.file_complaint(wrong))

    second = agency.file(COMPLAINT).receipt_no
    assert int(second[3:8]) == int(first[3:8]) + 1
