"""`make load`: a month of a busy agency over HTTP, on loopback, bounded in count and time."""

from __future__ import annotations

import argparse
import sys

from bench.databases import fresh_postgres
from bench.installation import served_installation
from bench.load.report import lines
from bench.load.run import SOURCES, Plan, Run


def main() -> int:
    usual = Plan()
    parser = argparse.ArgumentParser(prog="make load", description=__doc__)
    parser.add_argument("--complaints", type=int, default=usual.complaints)
    parser.add_argument("--officers", type=int, default=usual.officers)
    parser.add_argument("--seconds", type=float, default=usual.seconds, help="at most")
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL instead of SQLite")
    given = parser.parse_args()
    plan = Plan(given.complaints, given.officers, given.seconds)
    if given.postgres:
        with fresh_postgres() as url:
            return _replay(plan, url)
    return _replay(plan, None)


def _replay(plan: Plan, url: str | None) -> int:
    with served_installation(
        officers=plan.officers, database_url=url, sources=SOURCES
    ) as installation:
        outcome = Run(installation, plan)()
    for line in lines(outcome):
        sys.stdout.write(line + "\n")
    return 0 if all(visit.expected for visit in outcome.visits) else 1


if __name__ == "__main__":
    raise SystemExit(main())
