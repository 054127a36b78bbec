"""The machine: deploys, runs, persists, waits, records and replays. Knows no complaint."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.engine import Engine as Engine

__all__ = ["Engine"]


def __getattr__(name: str) -> Any:
    # Loaded on use: reading a setting or a text should not load SQLAlchemy and SpiffWorkflow.
    if name == "Engine":
        from engine.engine import Engine

        return Engine
    raise AttributeError(name)
