"""What a track of complaints means for who may see a case: `tracks.csv`, deployed with the
guideline."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from office.applications import shipped
from office.applications.master_data import YES
from office.ground.tables import Case

FILE = "tracks.csv"


@dataclass(frozen=True, slots=True)
class Track:
    """A track; `opens_with` are the variables that must have a value before others than intake
    and screening see a case of it."""

    key: str
    is_guarded: bool = False  # who complained is protected even where they gave their name openly
    opens_with: tuple[str, ...] = ()


def track_of(files: Mapping[str, bytes], key: str) -> Track:
    """A track as these deployed files have it."""
    return _tracks(shipped.own_table(files, FILE)).get(key, Track(key))


def note_track(case: Case, files: Mapping[str, bytes], variables: Mapping[str, Any]) -> None:
    """Keep with a case what its track, and what is known of it by now, mean for who may see it."""
    track = track_of(files, case.track)
    case.guarded = track.is_guarded
    case.held = any(variables.get(name) is None for name in track.opens_with)


@lru_cache(maxsize=16)
def _tracks(content: bytes) -> dict[str, Track]:
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    tracks = (
        Track(
            row["key"].strip(),
            (row.get("guarded") or "").strip().lower() in YES,
            tuple((row.get("opens_with") or "").split()),
        )
        for row in rows
    )
    return {track.key: track for track in tracks}
