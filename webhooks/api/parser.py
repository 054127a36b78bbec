"""Reads bodies and queries for the schemas, and refuses them field by field."""

from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from flask import Request
from marshmallow import RAISE, Schema, ValidationError
from webargs.core import missing
from webargs.flaskparser import FlaskParser

from webhooks.api.messages_th import apart
from webhooks.body import read_json
from webhooks.errors import FieldsRefused

JSON_LIMIT = 1_000_000  # bytes


class StrictParser(FlaskParser):
    """webargs with exact JSON, a size limit, no unknown fields, and refusals in two languages."""

    # webargs reads this from the class, though it types it as an instance's.
    DEFAULT_UNKNOWN_BY_LOCATION = {"json": RAISE, "query": RAISE, "path": RAISE}  # noqa: RUF012

    def load_json(self, req: Request, schema: Schema) -> Any:
        body = read_json(req, JSON_LIMIT)
        return missing if body is None and not req.get_data(cache=True) else body

    def handle_error(
        self, error: ValidationError, req: Request, schema: Schema, **_: Any
    ) -> NoReturn:
        # webargs wraps marshmallow's tree in the name of the location: {"json": {…}}.
        tree = error.messages if isinstance(error.messages, dict) else {"json": error.messages}
        location, fields = next(iter(tree.items()))
        raise FieldsRefused(list(places(fields, where=str(location)))) from error


def places(messages: Any, *, where: str, path: str = "") -> Iterator[dict[str, str]]:
    """marshmallow's tree of messages as a list of places: `variables.amount`, `fields[0].name`."""
    if isinstance(messages, Mapping):
        for key, part in messages.items():
            yield from places(part, where=where, path=_step(path, key))
        return
    for message in messages if isinstance(messages, list) else [messages]:
        words = apart(str(message))
        yield {"in": where, "field": path or "$", "th": words.th, "en": words.en}


def _step(path: str, key: object) -> str:
    if key == "_schema":
        return path
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else str(key)
