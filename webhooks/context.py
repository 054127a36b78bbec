"""What every request of a machine needs at hand; one per application."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from flask import Flask, current_app

from engine.engine import Engine
from office.ground.keys import Keyring
from office.ground.services import Services
from webhooks.clients import Client
from webhooks.limits import RateLimit
from webhooks.settings import WebhookSettings

_NAME = "samnuan-api"


@dataclass(frozen=True, slots=True)
class ApiContext:
    engine: Engine
    services: Services
    settings: WebhookSettings
    limit: RateLimit
    known_clients: dict[str, Client] = field(default_factory=dict)  # by the hash of their token

    @property
    def keyring(self) -> Keyring:
        """Encrypts signing secrets, as it encrypts what complaints say."""
        return self.services.keys.content

    def init_app(self, app: Flask) -> None:
        app.extensions[_NAME] = self


def api_context() -> ApiContext:
    """The context of the application that answers this request."""
    return cast(ApiContext, current_app.extensions[_NAME])
