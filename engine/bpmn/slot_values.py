"""What a slot of a diagram must give when a case runs, and how anything else is refused.

An expression may give any value. Each slot says here which kind it takes; another kind, or more
than can be kept, fails the step by the name of its element instead of reaching the database.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NoReturn

from engine.bpmn.model import Node
from engine.bpmn.running.host import StepFailed
from engine.bpmn.slots import is_storable, kind_of, words
from engine.bpmn.timers import BuddhistYear, parse_moment
from engine.ground.text import Text

# What the columns hold. A group is also the role in which somebody acts (`Command.role`).
LONGEST_NAME, LONGEST_GROUP, LONGEST_USER = 255, 120, 200
LONGEST_PROCESS_ID, LONGEST_JOB_TYPE = 200, 100
MOST = 2**31 - 1
MOST_RETRIES = 1000
_WHOLE = re.compile(r"-?[0-9]{1,20}(\.0+)?")

_TEXT = Text("ข้อความ", "text")
_NAMES = Text("รายการข้อความ", "a list of texts")
_NUMBER = Text("จำนวนเต็มตั้งแต่ {least} ถึง {most}", "a whole number from {least} to {most}")
_MOMENT = Text("วันเวลา เช่น 2026-03-02T12:00:00+07:00", "a moment such as 2026-03-02T12:00:00+07:00")
_KEY = Text("ข้อความหรือตัวเลข", "text or a number")
_TRUTH = Text("จริงหรือเท็จ", "true or false")
_REFUSED = Text("{slot} ต้องเป็น{wanted} แต่ได้{given}", "{slot} must be {wanted}, not {given}")
_BUDDHIST = Text(
    "{slot} ระบุปีเป็น พ.ศ. ให้เขียนเป็นปี ค.ศ. {year}", "{slot} has a Buddhist year; write {year}"
)
_NOBODY = Text(
    "ไม่มีผู้ใดได้รับงานนี้ เพราะ {slots} ไม่ให้ชื่อกลุ่มหรือบุคคลใด",
    "nobody is offered the task: {slots} gives no group and no person",
)


@dataclass(frozen=True, slots=True)
class Given:
    """The value that a slot of a node gave.

    A turn is `strict`. Running a recorded one again takes what older releases took.
    """

    node: Node
    slot: str
    value: Any
    strict: bool = True

    def text(self, longest: int) -> str | None:
        """A text that names something, or nothing."""
        if self.value is None or not self.strict:
            found: str | None = self.value
            return found
        return self._name(self.value, longest, _TEXT)

    def names(self, longest: int) -> list[str]:
        """Names from a list or from a text with commas; null is none."""
        if not self.strict:
            return words(self.value)
        if self.value is not None and not isinstance(self.value, (str, list)):
            self._refuse(_NAMES)
        each = self.value if isinstance(self.value, list) else words(self.value)
        return [self._name(name, longest, _NAMES) for name in each]

    def whole(self, least: int, most: int = MOST) -> int:
        """A whole number, also as text."""
        value = self.value
        if not self.strict:
            return int(value)
        if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
            value = Decimal(value.strip())
        is_number = isinstance(value, (int, Decimal)) and not isinstance(value, bool)
        if not is_number or value != int(value) or not least <= value <= most:
            self._refuse(_NUMBER.format(least=f"{least:,}", most=f"{most:,}"))
        return int(value)

    def moment(self) -> datetime | None:
        """A date or moment, or none."""
        if self.value is None:
            return None
        if not self.strict:
            return parse_moment(str(self.value))
        try:
            found = parse_moment(self.value)
            found.astimezone(UTC)  # the first day of the calendar lies before it
        except BuddhistYear as error:
            reason = _BUDDHIST.format(slot=self.slot, year=error.year)
            raise StepFailed(element=self.node.id, reason=reason) from error
        except (TypeError, AttributeError, ValueError, OverflowError):
            self._refuse(_MOMENT)
        return found

    def key(self) -> str:
        """The key by which a message finds its case; "" for none."""
        value = self.value
        if value is None or not self.strict:
            return "" if value is None else str(value)
        if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
            self._refuse(_KEY)
        return self._fitting(str(value), LONGEST_NAME)

    def name(self, longest: int) -> str:
        """A text that names something, and never nothing."""
        return self._name(self.value, longest, _TEXT)

    def needed_key(self) -> str:
        """The key of a message that has one: without it nobody would ever be found."""
        if self.value is None or self.value == "":
            self._refuse(_KEY)
        return self.key()

    def truth(self) -> bool:
        """Whether it holds; null does not."""
        if self.strict and not (self.value is None or isinstance(self.value, bool)):
            self._refuse(_TRUTH)
        return bool(self.value)

    def _name(self, value: Any, longest: int, wanted: Text) -> str:
        if not isinstance(value, str) or not value.strip():
            self._refuse(wanted, value)
        return self._fitting(value, longest)

    def _fitting(self, text: str, longest: int) -> str:
        if len(text) > longest:
            at_most = Text(f"ข้อความไม่เกิน {longest} ตัวอักษร", f"text of at most {longest} letters")
            self._refuse(at_most, text, Text(f"{len(text):,} ตัวอักษร", f"{len(text):,} letters"))
        if not is_storable(text):
            self._refuse(_TEXT, text)
        return text

    def _refuse(self, wanted: Text, value: Any = ..., given: Text | None = None) -> NoReturn:
        given = given or kind_of(self.value if value is ... else value)
        facts = {"slot": self.slot}
        reason = Text(
            _REFUSED.th.format(wanted=wanted.th, given=given.th, **facts),
            _REFUSED.en.format(wanted=wanted.en, given=given.en, **facts),
        )
        raise StepFailed(element=self.node.id, reason=reason)


def refuse_nobody(node: Node, slots: str) -> NoReturn:
    """A task that names whom it is for, and names nobody, would wait for ever."""
    raise StepFailed(element=node.id, reason=_NOBODY.format(slots=slots))
