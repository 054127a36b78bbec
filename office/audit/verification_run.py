"""One run of checking the record: what to check, how far it is, and going on after a stop."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from engine.engine import Engine
from engine.ground.text import Text
from engine.record.differences import Difference, Report
from engine.record.published_heads import read_lines
from engine.record.verification import verify_common
from engine.record.verification.heads import verify_heads
from engine.record.verification.stored_rows import as_finding, reading
from office.audit.administration import verify_administered
from office.audit.head_signing import FILE
from office.audit.verification import (
    count_cases,
    sample,
    verify_everything,
    verify_register,
    verify_some,
    verify_storage,
)
from office.ground.services import Services

DAMAGED = Text("บรรทัดนี้อ่านเป็นตราประทับไม่ได้", "this line holds no signed head that can be read")
PLACE = "verify.json"
SAVED_EVERY = 2.0  # seconds


@dataclass(slots=True)
class Run:
    """A run over all cases unless some are chosen; `report` holds what was found so far."""

    engine: Engine
    services: Services
    folder: Path
    replayed: bool = True
    report: Report = field(default_factory=Report)
    _chosen: Sequence[str] | None = None
    _after: str = ""

    def choose(self, ids: Sequence[str]) -> None:
        self._chosen = ids

    def choose_sample(self, count: int, seed: str) -> None:
        self._chosen = sample(self.engine, count, seed)

    def resume(self) -> None:
        """Go on behind the last case of a run that was stopped; from the start if there is none."""
        try:
            kept: dict[str, Any] = json.loads((self.folder / PLACE).read_text("utf-8"))
        except FileNotFoundError:
            return
        self._after = kept.pop("after")
        found = [Difference(**{**d, "what": Text(**d["what"])}) for d in kept.pop("differences")]
        self.report = Report(**kept, differences=found)

    def left(self) -> int:
        """About how many cases are still to be checked."""
        if self._chosen is not None:
            return len(self._chosen)
        return max(0, count_cases(self.engine) - self.report.instances)

    def compare_heads(self, file: str, lines: Iterable[str], key: str | None = None) -> None:
        """Check the record against signed heads kept elsewhere.

        Raises:
            HeadsUnreadable: a line is damaged.
        """
        with reading(self.engine.machine) as work:
            self.report.add(verify_heads(work, read_lines(file, lines), public_key=key))

    def steps(self) -> Iterator[str]:
        """Check case by case; yields the id of each when it is done."""
        if self._chosen is not None:
            chosen = verify_some(self.engine, self.services, self._chosen, replayed=self.replayed)
            yield from self._count(chosen)
            return
        if not self._after:
            self._check_common()
        everything = verify_everything(
            self.engine, self.services, after=self._after, replayed=self.replayed
        )
        try:
            yield from self._count(self._remembering(everything))
        except BaseException:
            self._remember()
            raise
        (self.folder / PLACE).unlink(missing_ok=True)

    def _count(self, found: Iterable[tuple[str, Report]]) -> Iterator[str]:
        for id, report in found:
            self.report.add(report)
            self._after = id
            yield id

    def _check_common(self) -> None:
        """What belongs to no single case; our own file of heads is a witness too."""
        self.report.add(verify_common(self.engine.machine))
        with reading(self.engine.machine) as work, as_finding(self.report, "", "complaint_case"):
            self.report.add(verify_register(work))
        with reading(self.engine.machine) as work, as_finding(self.report, "", "administration"):
            self.report.add(verify_administered(work))
        with reading(self.engine.machine) as work, as_finding(self.report, "", "attachment"):
            self.report.add(verify_storage(work, self.services))
        if (self.folder / FILE).exists():
            with as_finding(self.report, "", FILE):
                self._compare_own_heads()

    def _compare_own_heads(self) -> None:
        """A line that was damaged is a finding as any other."""

        def damaged(row: int) -> None:
            self.report.differ("", FILE, row, DAMAGED)

        path = self.folder / FILE
        with (
            path.open(encoding="utf-8", errors="replace") as lines,
            reading(self.engine.machine) as work,
        ):
            self.report.add(verify_heads(work, read_lines(FILE, lines, damaged=damaged)))

    def _remembering(self, found: Iterable[tuple[str, Report]]) -> Iterator[tuple[str, Report]]:
        saved = time.monotonic()
        for each in found:
            yield each
            if time.monotonic() - saved > SAVED_EVERY:
                self._remember()
                saved = time.monotonic()

    def _remember(self) -> None:
        if not self._after:
            return  # no case is done: going on would check again what belongs to none of them
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self.folder / f"{PLACE}~"
        draft.write_text(json.dumps({"after": self._after, **asdict(self.report)}), "utf-8")
        os.replace(draft, self.folder / PLACE)
