"""`samnuan verify` and `samnuan replay`: an auditor's two questions to the record."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from engine.store.database import open_database
from engine.store.tables import ProcessInstance
from tests.cli.conftest import Ask
from tests.support.agency import Agency
from tests.walks.test_three_walks import COMPLAINT, SCREENED_G


@pytest.fixture
def receipt(agency: Agency) -> str:
    filed = agency.file(COMPLAINT)
    agency.do(filed.case_id, "screen", SCREENED_G)
    return filed.receipt_no


def test_a_whole_record_is_said_to_be_whole(receipt: str, ask: Ask) -> None:
    everything, one = ask("verify"), ask("replay", receipt, "--json")

    assert everything.exit_code == 0
    assert "บันทึกครบถ้วน: 1 เรื่อง" in everything.stdout
    assert json.loads(one.stdout)["whole"] is True
    assert json.loads(one.stdout)["commands"] >= 3


def test_a_changed_state_is_found_by_running_it_again(
    agency: Agency, receipt: str, ask: Ask
) -> None:
    database = open_database(agency.office.settings.database_url)
    with database.begin() as connection:
        changed = sa.func.replace(ProcessInstance.state, '"track":"G"', '"track":"F"')
        connection.execute(sa.update(ProcessInstance).values(state=changed))
    database.dispose()

    result = ask("replay", receipt)

    assert result.exit_code == 1
    assert "process_instance" in result.stderr
    assert ask("verify", receipt).exit_code == 1


def test_an_unknown_case_is_one_line(receipt: str, ask: Ask) -> None:
    result = ask("verify", "รร.99999/2569")

    assert result.exit_code == 1
    assert "รร.99999/2569" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
