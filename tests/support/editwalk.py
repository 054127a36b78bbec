"""Walks a random process that is edited at random while its case runs: a case either moves and goes
on as drawn, or stays as it was, and is told why in both languages."""

from __future__ import annotations

import re

from engine.ground.errors import MigrationRefused
from tests.support.barewalk import BareWalk
from tests.support.netedits import Editor
from tests.support.netgenerator import scopes
from tests.support.tokengame import Net

THAI = re.compile("[\u0e00-\u0e7f]")


class EditWalk(BareWalk):
    """`happened` tells which edits the case moved over, and which it stayed from."""

    often = 0.5
    most_versions = 5

    def __init__(self, seed: int, depth: int = 1) -> None:
        super().__init__(seed, depth=depth)
        self.editor = Editor(self.generator, seed)

    def move_on(self) -> None:
        newer = self.editor.edit(self.net)
        if not self.editor.done:
            return
        before = self.state
        refused = self.move(newer)
        if refused is None:
            self.versions += 1
            self.happened.add(f"{self.editor.done}: moved")
            return
        assert self.state == before
        says_why(refused, self.net, newer)
        self.happened.add(f"{self.editor.done}: stayed")


def says_why(refused: MigrationRefused, *versions: Net) -> None:
    """In both languages, with the id of something that is drawn, and no other."""
    thai, english = refused.text.th, refused.text.en
    assert THAI.search(thai)
    assert not THAI.search(english)
    drawn = {node for net in versions for scope in scopes(net) for node in scope.kinds} | {"p"}
    drawn |= {f"process_{node}" for node in drawn}
    for text in (thai, english):
        assert "~" not in text
        found = re.match(r".*?: (\S+?): ", text)
        assert found is not None, text
        assert found[1] in drawn, text
