"""`/messages`: telling a waiting instance what it waits for."""

from collections.abc import Mapping
from typing import Any

from engine.store.work import Work
from engine.verbs import messages as engine_messages
from webhooks.api.authentication import client
from webhooks.api.blueprint import ApiBlueprint
from webhooks.api.schemas import CorrelatedSchema, MessageBody
from webhooks.visibility import must_be_free

messages = ApiBlueprint("messages", "Telling a waiting instance what it waits for.")


@messages.writes(
    "/messages",
    scope="messages:write",
    body=MessageBody,
    answer=CorrelatedSchema,
    refusals=(404, 409),
)
def send_message(work: Work, body: Mapping[str, Any]) -> dict[str, Any]:
    """Give a message to the instance that waits for it; complaints take theirs at `/hooks`.

    ส่งข้อความให้เรื่องที่รออยู่ ส่วนเรื่องร้องเรียนรับข้อความทาง /hooks
    """
    instance_id = engine_messages.correlate_message(
        work, body["name"], body["key"], body["variables"], actor=client().actor
    )
    must_be_free(work, instance_id, client())  # refused here, nothing of it is kept
    return {"instance_id": instance_id}
