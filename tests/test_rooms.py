"""No file is part of a circle of imports, and a room stays small enough to find one's way in."""

from collections import Counter
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("engine", "forms", "office", "webhooks", "web")
MOST = 16  # modules in a folder, beside its __init__

# What may stand beside the rooms of a package.
FACES = {
    "engine": {"engine"},
    "forms": {"errors", "schema"},
    "office": {"office"},
}

# Folders that keep more, with the reason.
LARGER = {
    "web/cli": "one module for each command, found by its name",
}


def test_there_is_no_circle_of_files() -> None:
    """Imports for type checking count: a reader has to follow them, too."""
    graph = grimp.build_graph(*PACKAGES, cache_dir=None, exclude_type_checking_imports=False)
    below = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}

    try:
        TopologicalSorter(below).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(reversed(error.args[1])))


def test_a_room_holds_about_fifteen_modules() -> None:
    modules = Counter(
        path.parent.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if path.name != "__init__.py" and not {"node_modules", "versions"} & set(path.parts)
    )

    crowded = {room: count for room, count in modules.items() if count > MOST}

    assert crowded.keys() == LARGER.keys(), crowded


def test_every_module_has_a_room() -> None:
    beside = {
        package: {path.stem for path in (ROOT / package).glob("*.py")} - {"__init__"}
        for package in FACES
    }

    assert beside == FACES
