"""Why something covered was laid open is encrypted, and the record commits to what was said."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from engine.record.differences import Difference
from office.audit.verification_run import Run
from office.cases import reveals
from office.cases.reveal_tables import Reveal
from office.ground.settings import OfficeSettings
from office.ground.tables import Submission
from office.people.people import User
from office.vault import envelopes
from office.vault.case_keys import case_key
from tests.office.conftest import SCREENED, corruption
from tests.support.verbs import Office

Staff = dict[str, User]
MOTIVE = "ตรวจสอบการปฏิบัติหน้าที่ตามแผนประจำปี"
ANSWER = "จำเป็นต่อการตรวจสอบครั้งนี้"


@pytest.fixture
def case_id(office: Office, staff: Staff) -> str:
    """A case in which an auditor read a text, and was granted an identity by the custodian."""
    filed = office.file_complaint(corruption())
    office.run_due()
    (task,) = office.engine.tasks()
    office.complete(task.id, SCREENED, user=staff["head"])
    auditor, custodian = staff["auditor"], staff["custodian"]
    with office.engine.begin() as work:
        text = work.session.scalars(sa.select(Submission.id)).first()
        reveals.reveal_text(work, office.services, filed.case_id, str(text), auditor, reason=MOTIVE)
    wish = office.ask_identity(filed.case_id, auditor, fields=["full_name"], reason=MOTIVE, hours=2)
    office.decide_identity(wish, custodian, granted=True, answer=ANSWER)
    assert office.open_identity(wish, auditor)
    return filed.case_id


def differences(office: Office, settings: OfficeSettings) -> list[Difference]:
    run = Run(office.engine, office.services, settings.data_dir)
    list(run.steps())
    return run.report.differences


def test_motive_and_answer_can_be_read_and_the_record_is_whole(
    office: Office, staff: Staff, settings: OfficeSettings, case_id: str
) -> None:
    with office.engine.read() as work:
        found = reveals.requests_of_case(work, office.services, case_id, staff["auditor"])

    assert {(each.kind, each.motive, each.answer) for each in found} == {
        ("text", MOTIVE, None),
        ("identity", MOTIVE, ANSWER),
    }
    assert differences(office, settings) == []


@pytest.mark.parametrize("column", ["motive", "answer"])
def test_words_exchanged_by_who_holds_the_keys_are_found(
    office: Office, settings: OfficeSettings, case_id: str, column: str
) -> None:
    """Whoever holds the keys can encrypt other words in the same place, and not commit to them."""
    with office.engine.begin() as work:
        for row in work.session.scalars(sa.select(Reveal)):
            if getattr(row, column) is not None:
                key, place = (
                    case_key(work, office.services, case_id),
                    reveals.place(case_id, row.id, column),
                )
                setattr(row, column, envelopes.encrypt(key, "เหตุผลที่ดีกว่า".encode(), place)[0])
                changed = row.id

    found = differences(office, settings)

    assert f"reveal/{changed}" in {each.table for each in found}
    assert {each.what.en for each in found} == {"its content is not what the record commits to"}


def test_a_reveal_that_is_gone_is_named(
    office: Office, settings: OfficeSettings, case_id: str
) -> None:
    with office.engine.begin() as work:
        gone = work.session.scalars(sa.select(Reveal.id).where(Reveal.kind == "identity")).one()
        work.session.execute(sa.delete(Reveal).where(Reveal.id == gone))

    assert {each.table for each in differences(office, settings)} == {f"reveal/{gone}"}
