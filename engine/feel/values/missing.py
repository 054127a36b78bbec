"""What stands for "there is no such value", which is not the same as null."""

from typing import Any

MISSING: Any = type("Missing", (), {"__repr__": lambda self: "MISSING"})()
