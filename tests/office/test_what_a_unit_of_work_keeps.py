"""What is read once per unit of work is not believed after that unit of work has changed it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from engine.ground.clock import TravellingClock
from office.deadlines.holiday_table import DayChange, change_holidays, current_calendar
from office.ground.errors import CaseNotFound, KeyDestroyed
from office.people.access import load_case
from office.people.conflicts import declare_conflict
from office.people.people import set_groups, user_by_id
from office.vault.case_keys import case_key, destroy_key, is_destroyed
from tests.support.installations import Installations
from tests.walks.test_three_walks import COMPLAINT


def test_what_has_changed_meanwhile_is_looked_up_again(
    agencies: Installations, clock: TravellingClock, tmp_path: Path
) -> None:
    with agencies.agency(clock, tmp_path / "installation" / "var") as agency:
        case_id, services = agency.file(COMPLAINT).case_id, agency.office.services
        head, clerk = agency.person("screening_head"), agency.person("intake_officer")
        with agency.office.begin() as work:
            before = current_calendar(work)
            change_holidays(
                work,
                [DayChange(date(2026, 3, 17), "วันหยุดพิเศษ")],
                reference="มติคณะรัฐมนตรี",
                actor=head.actor,
            )
            after = current_calendar(work)

            assert (before.version + 1, date(2026, 3, 17) in after.holidays) == (
                after.version,
                True,
            )

            load_case(work, case_id, head)
            declare_conflict(work, case_id, head)
            with pytest.raises(CaseNotFound):
                load_case(work, case_id, head)

            load_case(work, case_id, clerk)
            set_groups(work, clerk.id, [])
            with pytest.raises(CaseNotFound):
                load_case(work, case_id, user_by_id(work, clerk.id))

            case_key(work, services, case_id)
            destroy_key(work, case_id, "content")
            assert is_destroyed(work, case_id, "content")
            with pytest.raises(KeyDestroyed):
                case_key(work, services, case_id)
            case_key(work, services, case_id, "identity")
