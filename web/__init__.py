"""What people use: pages, sign-in and the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from office.office import Office
    from web.settings import WebSettings


def create_app(settings: WebSettings | None = None, office: Office | None = None) -> Flask:
    """The web application over an office; without one, over the office that the settings name."""
    # Imported here: the command line uses this package without ever loading Flask.
    from web.app import build_app

    return build_app(settings, office)
