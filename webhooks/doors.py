"""What every door for machines needs at hand; one per application."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from flask import Flask, current_app

from webhooks.limits import RateLimit
from webhooks.settings import DoorSettings

if TYPE_CHECKING:
    from complaints.keys import Keyring
    from complaints.office import Office
    from engine.engine import Engine

_NAME = "samnuan-doors"


@dataclass(frozen=True, slots=True)
class Doors:
    office: Office
    engine: Engine
    keyring: Keyring
    settings: DoorSettings
    limit: RateLimit

    def hang(self, app: Flask) -> None:
        app.extensions[_NAME] = self


def doors() -> Doors:
    """The doors of the application that answers this request."""
    return cast(Doors, current_app.extensions[_NAME])
