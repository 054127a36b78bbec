"""The register: numbers without gaps, codes shown once, receipt days as the law counts them."""

from __future__ import annotations

import threading
from datetime import date, datetime

import pytest
import sqlalchemy as sa

from engine.ground.clock import BANGKOK, TravellingClock
from forms import FormInvalid
from office.cases.register import Filed
from office.ground.numbers import fiscal_year
from office.ground.tables import Case
from office.people.people import User
from tests.office.conftest import complaint
from tests.support.verbs import Office


def test_numbers_have_no_gaps_even_when_filings_fail(office: Office) -> None:
    first = office.file_complaint(complaint())
    with pytest.raises(FormInvalid):
        office.file_complaint(complaint(facts="สั้น"))
    second = office.file_complaint(complaint())

    assert [first.receipt_no, second.receipt_no] == ["รร.00001/2569", "รร.00002/2569"]


def test_complaints_filed_at_the_same_time_get_different_numbers(office: Office) -> None:
    filed: list[Filed] = []
    together = threading.Barrier(6)

    def file() -> None:
        together.wait()
        filed.append(office.file_complaint(complaint()))

    threads = [threading.Thread(target=file) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    expected = [f"รร.{number:05d}/2569" for number in range(1, 7)]
    assert sorted(each.receipt_no for each in filed) == expected


def test_the_same_request_sent_at_once_is_entered_once(office: Office) -> None:
    filed: list[Filed] = []
    together = threading.Barrier(4)

    def file() -> None:
        together.wait()
        filed.append(office.file_complaint(complaint(), idempotency_key="double click"))

    threads = [threading.Thread(target=file) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(filed) == 4
    assert len({(each.receipt_no, each.tracking_code) for each in filed}) == 1
    assert filed[0].receipt_no == "รร.00001/2569"
    assert office.file_complaint(complaint()).receipt_no == "รร.00002/2569"


def test_a_new_fiscal_year_begins_a_new_series(office: Office, clock: TravellingClock) -> None:
    office.file_complaint(complaint())
    clock.travel_to(datetime(2026, 10, 1, 9, tzinfo=BANGKOK))

    assert office.file_complaint(complaint()).receipt_no == "รร.00001/2570"


@pytest.mark.parametrize(
    ("day", "year"),
    [(date(2025, 9, 30), 2568), (date(2025, 10, 1), 2569), (date(2026, 9, 30), 2569)],
)
def test_the_fiscal_year_begins_in_october(day: date, year: int) -> None:
    assert fiscal_year(day) == year


def test_the_code_is_kept_as_a_hash_only(office: Office) -> None:
    filed = office.file_complaint(complaint())

    assert len(filed.tracking_code) == 16
    assert filed.tracking_code.isdigit()
    assert filed.tracking_code not in repr(filed)
    with office.engine.read() as work:
        case = work.session.scalars(sa.select(Case)).one()
    assert filed.tracking_code not in str(vars(case))


def test_the_same_request_twice_is_one_complaint_with_one_code(office: Office) -> None:
    first = office.file_complaint(complaint(), idempotency_key="browser-1")
    again = office.file_complaint(complaint(), idempotency_key="browser-1")
    other = office.file_complaint(complaint(), idempotency_key="browser-2")

    assert again == first
    assert other.case_id != first.case_id
    assert other.tracking_code != first.tracking_code


@pytest.mark.parametrize(
    ("moment", "counts_from"),
    [
        (datetime(2026, 3, 2, 16, 0, tzinfo=BANGKOK), date(2026, 3, 2)),
        (datetime(2026, 3, 2, 20, 0, tzinfo=BANGKOK), date(2026, 3, 4)),  # the 3rd is มาฆบูชา
        (datetime(2026, 3, 7, 10, 0, tzinfo=BANGKOK), date(2026, 3, 9)),  # a Saturday
    ],
)
def test_what_comes_after_hours_counts_from_the_next_working_day(
    office: Office, clock: TravellingClock, moment: datetime, counts_from: date
) -> None:
    clock.travel_to(moment)

    filed = office.file_complaint(complaint())

    public = office.track(filed.tracking_code)
    assert public.received_at == moment
    assert public.legal_received_on == counts_from


def test_an_officer_enters_what_came_by_letter(office: Office, staff: dict[str, User]) -> None:
    officer = {
        "channel": "letter",
        "received_at": "2026-03-02T08:45",
        "source_no": "ที่ อว 0001/2569",
        "classification": "ปกติ",
    }

    filed = office.file_complaint(complaint(), officer, actor=staff["intake"].actor)

    view = office.case(filed.case_id, staff["head"])
    assert view.channel == "letter"
    assert view.received_at == datetime(2026, 3, 2, 8, 45, tzinfo=BANGKOK)
    assert view.submissions[0].given_by.th == "สายใจ รับเรื่อง"


@pytest.mark.parametrize(
    ("received_at", "field"),
    [("2026-03-02T09:30", "received_at"), ("2026-02-27T10:00", "backdating_reason")],
)
def test_a_time_of_receipt_must_be_possible_and_explained(
    office: Office, staff: dict[str, User], received_at: str, field: str
) -> None:
    officer = {"channel": "box", "received_at": received_at, "classification": "ปกติ"}

    with pytest.raises(FormInvalid) as refused:
        office.file_complaint(complaint(), officer, actor=staff["intake"].actor)
    assert set(refused.value.errors) == {field}


def test_variables_tell_the_diagram_what_it_decides_on_and_nothing_personal(
    office: Office,
) -> None:
    office.file_complaint(complaint())

    variables = office.engine.variables(_only_instance(office))

    assert variables["track"] == "G"
    assert variables["evidence_count"] == 0
    assert variables["received_on"] == "2026-03-02"
    assert "full_name" not in variables
    assert "facts" not in variables


def _only_instance(office: Office) -> str:
    with office.engine.read() as work:
        instance_id = work.session.scalars(sa.select(Case.instance_id)).one()
    assert instance_id is not None
    return instance_id
