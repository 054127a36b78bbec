"""The applications that the product brings, as files: a folder of `processes/` each, with the
folder of `forms/` of the same name; `processes/agency` holds what all of them share."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from office.applications.letter_templates import FOLDER as LETTERS

ROOT = Path(__file__).resolve().parents[2]
AGENCY, APPLICATION = "agency", "application.json"
DEPLOYED_SUFFIXES = frozenset({".bpmn", ".dmn", ".form", ".csv", ".json", ".md"})


def applications(root: Path = ROOT) -> dict[str, dict[str, bytes]]:
    """The files of each application by its key, under the names they are deployed with; what all
    share comes first."""
    keys = sorted(path.name for path in (root / "processes").iterdir() if path.is_dir())
    return {key: files_of(key, root) for key in sorted(keys, key=lambda key: key != AGENCY)}


def files_of(key: str, root: Path = ROOT) -> dict[str, bytes]:
    """The files of one application."""
    drawn = root / "processes" / key
    folders = ((drawn, ""), (drawn / LETTERS, LETTERS), (root / "forms" / key, ""))
    return {
        prefix + path.name: path.read_bytes()
        for folder, prefix in folders
        for path in (sorted(folder.glob("*")) if folder.is_dir() else ())
        if path.suffix in DEPLOYED_SUFFIXES
    }


def own_table(files: Mapping[str, bytes], name: str) -> bytes:
    """A table among deployed files. What was deployed before there were applications means the
    shipped one where it has none; an application without one has no row of it."""
    return files.get(name) or (b"" if APPLICATION in files else table(name))


@lru_cache(maxsize=16)
def table(name: str) -> bytes:
    """A table as it is shipped, for what was deployed before there was one.

    Raises:
        FileNotFoundError: no application has it.
    """
    for files in applications().values():
        if name in files:
            return files[name]
    raise FileNotFoundError(name)
