"""The strict schema that all bodies and queries of the API build on."""

from decimal import Decimal
from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, fields, validate

from webhooks.api import messages_th


class Strict(Schema):
    """Refuses what it does not know, and says so in Thai and English."""

    class Meta:
        unknown = RAISE

    # marshmallow reads this from the class, though it types it as an instance's.
    error_messages = {"unknown": messages_th.UNKNOWN, "type": messages_th.NOT_AN_OBJECT}  # noqa: RUF012

    def on_bind_field(self, field_name: str, field_obj: Any) -> None:
        kind = type(field_obj).__name__
        field_obj.error_messages = {
            **field_obj.error_messages,
            **messages_th.EVERY_FIELD,
            **({"invalid": messages_th.OF_KIND[kind]} if kind in messages_th.OF_KIND else {}),
            **({"invalid_utf8": messages_th.OF_KIND["String"]} if kind == "String" else {}),
        }


class Shown(Schema):
    """What the API answers; `Shown` schemas are only dumped."""

    class Meta:
        unknown = EXCLUDE


def text(most: int, *, least: int = 1, **options: Any) -> fields.String:
    """A bounded text."""
    limits = validate.Length(min=least, max=most, error=messages_th.length(least, most))
    return fields.String(validate=limits, **options)


class Integer(fields.Integer):
    """A whole number as JSON Schema has it: `5.0` is one, and with `strict` `"5"` is none."""

    def _validated(self, value: Any) -> Any:
        is_whole = isinstance(value, Decimal | float) and value == value // 1
        return super()._validated(int(value) if is_whole else value)


def whole(least: int, most: int, **options: Any) -> fields.Integer:
    """A bounded whole number."""
    limits = validate.Range(min=least, max=most, error=messages_th.between(least, most))
    return Integer(validate=limits, **options)


def choice(*values: str, **options: Any) -> fields.String:
    return fields.String(
        validate=validate.OneOf(values, error=messages_th.one_of(*values)), **options
    )


def mapping(**options: Any) -> fields.Dict:
    """Free JSON under string keys, such as process variables."""
    return fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True), **options)
