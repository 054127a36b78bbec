"""What machines use: the REST API, signed messages in, signed events out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from office.office import Office


def connect(office: Office) -> None:
    """Let the outbox reach the subscribers: for the server, and for every worker."""
    from webhooks.outbound.address import AddressPolicy
    from webhooks.outbound.deliveries import Courier
    from webhooks.settings import WebhookSettings

    policy = AddressPolicy.of(WebhookSettings.read())
    courier = Courier(office.engine, office.services.keys.content, policy)
    office.engine.machine.deliverers.update(courier.deliverers())


def register(app: Flask, office: Office) -> None:
    """Add to the application: `/api/v1` and `/hooks`.

    Both are exempt from CSRF tokens: neither reads a cookie. Call it after Flask-WTF's own set-up.
    """
    from webhooks.api.register import open_api
    from webhooks.context import ApiContext
    from webhooks.inbound.receiving import hooks
    from webhooks.limits import RateLimit
    from webhooks.routing import watch_routes
    from webhooks.settings import WebhookSettings

    settings = WebhookSettings.read()
    limit = RateLimit(settings.api_rate, settings.limits_storage)
    ApiContext(office.engine, office.services, settings, limit).init_app(app)
    connect(office)
    watch_routes(app)
    app.register_blueprint(hooks)
    exempt = getattr(app.extensions.get("csrf"), "exempt", None)
    for blueprint in (hooks, *open_api(app)):
        if exempt is not None:
            exempt(blueprint)
