"""What a subscriber hears of one complaint, from the form to the end: references, in order."""

from __future__ import annotations

import json

from engine import Engine
from engine.ground.clock import TravellingClock
from office.ground.tables import Case
from tests.support.verbs import Office
from tests.webhooks.conftest import ADMINISTRATOR
from tests.webhooks.listener import Listener
from tests.webhooks.test_inbound_hooks import COMPLAINT
from webhooks.outbound.deliveries import Courier
from webhooks.outbound.subscribers import register_subscriber


def heard(listener: Listener) -> list[dict]:
    return [json.loads(message.body) for message in listener.received]


def test_a_subscriber_hears_of_a_complaint_its_late_task_and_its_end(
    office: Office, engine: Engine, courier: Courier, listener: Listener, clock: TravellingClock
):
    office.deploy_guideline()
    with engine.begin() as work:
        register_subscriber(
            work,
            courier.keyring,
            "portal",
            listener.url,
            events=[],
            policy=courier.policy,
            actor=ADMINISTRATOR,
        )

    filed = office.file_complaint(COMPLAINT)
    office.run_due()
    # Both are of one moment, and may come in either order.
    assert {event["type"] for event in heard(listener)} == {"complaint.received", "task.created"}

    clock.advance(days=30)
    office.run_due()
    assert "task.overdue" in [event["type"] for event in heard(listener)]

    office.withdraw(filed.tracking_code, {"reason": "ได้รับการแก้ไขแล้ว ไม่ประสงค์ร้องเรียนต่อ"})
    office.run_due()
    events = heard(listener)
    assert events[-1]["type"] == "complaint.closed"

    with engine.read() as work:
        case = work.session.get(Case, filed.case_id)
        assert case is not None
        assert case.closed_at is not None
    for event in events:
        assert event["data"]["case"] == filed.case_id
        assert set(event["data"]) <= {"case", "receipt_no", "task", "step"}
    told = json.dumps(events, ensure_ascii=False)
    for secret in (*(str(value) for value in COMPLAINT.values() if len(str(value)) > 8),):
        assert secret not in told
