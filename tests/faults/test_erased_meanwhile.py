"""A person or a content is erased while others read it: it is read whole, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from engine.ground.clock import TravellingClock
from office.disposal import erasure
from office.ground.errors import KeyDestroyed
from office.ground.settings import OfficeSettings
from office.ground.tables import Case
from office.guideline import files as guidelinefiles
from office.people import people
from office.vault import attachments, identities, submissions
from office.vault.case_keys import Purpose
from tests.faults.office_scenes import uploads
from tests.office import small_guideline
from tests.office.conftest import STAFF, complaint
from tests.support.together import together
from tests.support.verbs import Office

Closed = tuple[Office, str]


@pytest.fixture
def closed(database_url: str, tmp_path: Path, clock: TravellingClock) -> Iterator[Closed]:
    office, case_id = close_case(database_url, tmp_path, clock)
    yield office, case_id
    office.close()


def close_case(database_url: str, data_dir: Path, clock: TravellingClock) -> Closed:
    """A closed case of which somebody has asked to erase all; the custodian decides."""
    settings = OfficeSettings(database_url=database_url, data_dir=data_dir)
    office = Office.open(settings, clock=clock)
    with office.engine.begin() as work:
        guidelinefiles.deploy_guideline(work, small_guideline.files())
        for name in ("head", "custodian"):
            title, groups = STAFF[name]
            people.add_user(work, name, title, None, groups=groups)
    filed = office.file_complaint(complaint(), files=uploads())
    office.withdraw(filed.tracking_code, {"reason": "แก้ไขให้แล้ว"})
    for what in ("identity", "content"):
        with office.engine.begin() as work:
            case = work.session.get_one(Case, filed.case_id)
            head = people.user_by_name(work, "head")
            erasure.ask_erasure(
                work, office.services, case, what, head, reason="ครบกำหนดเก็บตามตาราง"
            )
    return office, filed.case_id


def erase(office: Office, case_id: str, what: Purpose) -> None:
    with office.engine.begin() as work:
        case = work.session.get_one(Case, case_id)
        custodian = people.user_by_name(work, "custodian")
        erasure.decide_erasure(work, office.services, case, what, custodian, granted=True)


def read_identity(office: Office, case_id: str) -> Any:
    with office.engine.read() as work:
        return identities.open_identity(work, office.services, case_id, ["full_name"])


def read_content(office: Office, case_id: str) -> Any:
    """The answers and the names of the files, as a page of the case needs them."""
    with office.engine.read() as work:
        given = submissions.submissions(work, office.services, case_id)
        files = attachments.list_files(work, office.services, case_id)
        return [each.answers for each in given], [file.name for file in files]


READERS: dict[Purpose, Callable[[Office, str], Any]] = {
    "identity": read_identity,
    "content": read_content,
}


@pytest.mark.parametrize("what", READERS)
def test_what_is_erased_while_fifty_read_it_is_read_whole_or_not_at_all(
    closed: Closed, what: Purpose
) -> None:
    office, case_id = closed
    whole = READERS[what](office, case_id)

    def read() -> Any:
        return READERS[what](office, case_id)

    results = together(*[read] * 25, lambda: erase(office, case_id, what), *[read] * 25)

    assert results.pop(25) is None
    for found in results:
        assert found == whole or isinstance(found, KeyDestroyed)
    with pytest.raises(KeyDestroyed):
        read()
    assert office.engine.verify().is_whole


@pytest.mark.parametrize(
    ("what", "between"),
    [
        ("identity", "FROM case_key"),
        ("identity", "FROM identity"),
        ("content", "FROM case_key"),
        ("content", "FROM submission"),
        ("content", "FROM attachment"),
    ],
)
@pytest.mark.postgres
def test_what_is_erased_between_two_looks_of_one_reader_is_not_read(
    postgres_url: str, tmp_path: Path, clock: TravellingClock, what: Purpose, between: str
) -> None:
    # Each statement on PostgreSQL sees what is committed by then: a key that was still there, and
    # then no row any more, was read as a person without a name, or broke the page.
    office, case_id = close_case(postgres_url, tmp_path, clock)
    erased: list[str] = []

    def erase_first(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if between in statement and not erased:
            erased.append(what)
            erase(office, case_id, what)

    event.listen(office.engine.database, "before_cursor_execute", erase_first)
    with pytest.raises(KeyDestroyed):
        READERS[what](office, case_id)

    assert erased == [what]
    office.close()
