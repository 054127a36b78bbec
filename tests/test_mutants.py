"""The slips of `make mutants` fit the tree as it is: none of them rots in silence."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.mutants.__main__ import ROOT
from tests.mutants.slip import Mutant
from tests.mutants.table import MUTANTS


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda m: f"{m.number}-{m.file}")
def test_a_slip_has_its_place_and_its_tests(mutant: Mutant) -> None:
    slip = mutant.slip
    text = (ROOT / mutant.file).read_text("utf-8")

    assert text.count(slip.old) == 1
    compile(text.replace(slip.old, slip.new), mutant.file, "exec")
    assert slip.old != slip.new
    assert len(slip.who) > 20
    for test in slip.tests.split():
        path, _, name = test.partition("::")
        assert (ROOT / path).exists(), test
        if name:
            assert re.search(rf"^def {re.escape(name)}\(", (ROOT / path).read_text("utf-8"), re.M)


def test_every_room_has_slips() -> None:
    rooms = Counter(mutant.room for mutant in MUTANTS)
    bare = {"engine/ground", "office/ground", "office/applications"}  # words and tables for others
    there = {
        str(path.relative_to(ROOT))
        for hall in ("engine", "office")
        for path in (ROOT / hall).iterdir()
        if (path / "__init__.py").exists() and path.name not in ("revisions", "bpmn")
    }
    inside = {f"engine/bpmn/{name}" for name in ("reading", "running", "lint", "net")}

    assert there | inside | {"engine/bpmn/conformance", "forms", "web", "webhooks"} - bare
    assert (there | inside) - bare - rooms.keys() == set()
