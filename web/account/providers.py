"""The identity providers that the settings name: the agency's own, and ThaID."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from authlib.integrations.flask_client import OAuth
from flask import Flask, current_app

from engine.ground.text import Text
from web.settings import WebSettings

EXTENSION = "samnuan-providers"
SECONDS = 10  # that a provider may take to answer


@dataclass(frozen=True, slots=True)
class Provider:
    """Where people can prove who they are; `groups_claim` is empty where it tells no groups."""

    key: str
    name: Text
    issuer: str
    client_id: str
    client_secret: str
    scope: str
    groups_claim: str


def providers_of(settings: WebSettings) -> list[Provider]:
    """Those that are set up, in the order of their buttons."""
    claim = settings.oidc_groups_claim
    agency = Provider(
        key="agency",
        name=Text(settings.oidc_name, settings.oidc_name),
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        scope=settings.oidc_scope,
        groups_claim="" if claim == "-" else claim,
    )
    thaid = Provider(
        key="thaid",
        name=Text("ThaID", "ThaID"),
        issuer=settings.thaid_issuer,
        client_id=settings.thaid_client_id,
        client_secret=settings.thaid_client_secret,
        scope=settings.thaid_scope,
        groups_claim="",
    )
    return [each for each in (agency, thaid) if each.issuer and each.client_id]


def init_app(app: Flask, settings: WebSettings) -> None:
    oauth = OAuth(app)
    for each in providers_of(settings):
        oauth.register(
            each.key,
            client_id=each.client_id,
            client_secret=each.client_secret,
            server_metadata_url=f"{each.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": each.scope,
                "code_challenge_method": "S256",
                "default_timeout": SECONDS,
            },
        )
    app.extensions[EXTENSION] = oauth


def client_of(key: str) -> Any:
    """The client of a provider; none that is not set up."""
    return current_app.extensions[EXTENSION].create_client(key)
