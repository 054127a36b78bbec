"""The signed events that subscribers get, as OpenAPI 3.1 describes them (`webhooks`)."""

from typing import Any

from engine.ground.text import Text
from webhooks.outbound.deliveries import REFERENCES
from webhooks.outbound.subscribers import EVENTS
from webhooks.signing import HEADERS

_ACCEPTED = "Accepted. Anything else but 2xx is tried again, 12 times within a day."
_GONE = "Never again: the subscriber is closed."


def events() -> dict[str, Any]:
    """One entry per event, in the order of their names."""
    return {name: {"post": _operation(name, words)} for name, words in sorted(EVENTS.items())}


def _operation(name: str, words: Text) -> dict[str, Any]:
    header = {"in": "header", "required": True, "schema": {"type": "string"}}
    return {
        "summary": f"{words.en}.",
        "description": words.th,
        "tags": ["events"],
        "parameters": [{"name": each, **header} for each in HEADERS],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _body(name)}},
        },
        "responses": {"204": {"description": _ACCEPTED}, "410": {"description": _GONE}},
    }


def _body(name: str) -> dict[str, Any]:
    references = {each: {"type": "string"} for each in REFERENCES}
    return {
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"const": name},
            "timestamp": {"type": "string", "format": "date-time"},
            "data": {"type": "object", "properties": references, "additionalProperties": False},
        },
    }
