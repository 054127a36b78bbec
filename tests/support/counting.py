"""Counts what an act costs: statements, transactions, commits, and what it decrypts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import sqlalchemy as sa

from office.ground.keys import DataKey


@dataclass
class Cost:
    """What went to the database, and how often each encrypted place was opened."""

    statements: list[str] = field(default_factory=list)
    transactions: int = 0
    commits: int = 0
    decrypted: Counter[str] = field(default_factory=Counter)

    def opened_again(self) -> list[str]:
        """Encrypted places that were opened more than once."""
        return [place for place, times in self.decrypted.items() if times > 1]

    def opened_tables(self) -> set[str]:
        """What kinds of encrypted places (`table.column`) were opened."""
        return {place.partition("|")[0] for place in self.decrypted}

    def row(self, name: str) -> str:
        most = max(self.decrypted.values(), default=0)
        return (
            f"{name:<28}{len(self.statements):>5} statements {self.transactions:>2} transactions "
            f"{self.commits:>2} commits {self.decrypted.total():>3} decryptions, {most} of one"
        )


@contextmanager
def counting(database: sa.Engine) -> Iterator[Cost]:
    """Count from here to the end of the block; whatever happens is done as always."""
    cost, decrypt = Cost(), DataKey.decrypt

    def said(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.startswith("BEGIN"):
            cost.transactions += 1
        else:
            cost.statements.append(statement)

    def committed(_connection: Any) -> None:
        cost.commits += 1

    def opened(key: DataKey, encrypted: bytes, place: str) -> bytes:
        cost.decrypted[place] += 1
        return decrypt(key, encrypted, place)

    sa.event.listen(database, "before_cursor_execute", said)
    sa.event.listen(database, "commit", committed)
    try:
        with patch.object(DataKey, "decrypt", opened):
            yield cost
    finally:
        sa.event.remove(database, "before_cursor_execute", said)
        sa.event.remove(database, "commit", committed)
