"""What all applications of an agency share: its facts, units, roles and tables, deployed apart.

They are read as they stand now: a unit that has a new name has it in every case.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.store.work import Work
from engine.turn.definitions import deployment_files
from engine.verbs.applications import newest_deployment
from office.applications.shipped import AGENCY


class _Kept(dict[str, Mapping[str, bytes]]):
    """The files of the agency by their deployment; only the newest is kept."""


def agency_files(work: Work) -> Mapping[str, bytes]:
    """The agency's files in force; none before it was deployed."""
    newest = work.once("agency", AGENCY, lambda: newest_deployment(work, AGENCY))
    if newest is None:
        return {}
    kept = work.machine.cache(_Kept)
    files = kept.get(newest.id)
    if files is None:
        files = deployment_files(work, newest.id)
        kept.clear()
        kept[newest.id] = files
    return files


def with_agency(work: Work, files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """The files of an application with those of the agency."""
    return {**files, **agency_files(work)}
