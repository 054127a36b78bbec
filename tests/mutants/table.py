"""All slips that `make mutants` tries, room by room."""

from __future__ import annotations

from tests.mutants import (
    diagrams,
    expressions,
    pages_and_requests,
    people_and_cases,
    running,
    time_and_keeping,
)
from tests.mutants.slip import mutants

MUTANTS = mutants(
    expressions.SLIPS,
    diagrams.SLIPS,
    running.SLIPS,
    people_and_cases.SLIPS,
    time_and_keeping.SLIPS,
    pages_and_requests.SLIPS,
)
