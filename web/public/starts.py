"""Where a case of the public begins: an application, and a kind of case inside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import abort

from engine.ground.text import Text
from engine.store.work import Work
from office.applications import application as applications
from office.applications.application import PUBLIC, Application


@dataclass(frozen=True, slots=True)
class Start:
    """Where a case begins: an application, and one of its variants where it has any."""

    application: Application
    variant: str

    @property
    def address(self) -> str:
        return "/".join(part for part in (self.application.key, self.variant) if part)

    @property
    def kicker(self) -> Text:
        variant = self.application.variant(self.variant)
        return Text("", "") if variant is None else variant.kicker

    @property
    def settled(self) -> dict[str, Any]:
        return {self.application.variable: self.variant} if self.variant else {}


def find_start(work: Work, start: str) -> Start:
    """`complaint/C`, or `C` alone where one application only has it."""
    found = []
    for application in applications.in_force(work):
        variants = [each.key for each in application.variants] or [""]
        begins = [Start(application, v) for v in variants if application.forms(PUBLIC)]
        found += [each for each in begins if start in (each.address, each.variant)]
    exact = [each for each in found if each.address == start] or found
    if len(exact) != 1:
        abort(404)
    return exact[0]
