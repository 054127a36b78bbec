"""What every door for machines needs at hand; one per application."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app

from engine.engine import Engine
from office.ground.context import Desk
from office.ground.keys import Keyring
from webhooks.limits import RateLimit
from webhooks.settings import DoorSettings

_NAME = "samnuan-doors"


@dataclass(frozen=True, slots=True)
class Doors:
    engine: Engine
    desk: Desk
    settings: DoorSettings
    limit: RateLimit

    @property
    def keyring(self) -> Keyring:
        """Seals signing secrets, as it seals what complaints say."""
        return self.desk.keys.content

    def hang(self, app: Flask) -> None:
        app.extensions[_NAME] = self


def doors() -> Doors:
    """The doors of the application that answers this request."""
    return cast(Doors, current_app.extensions[_NAME])
