"""What happened, and how it is proved: replay, playback, signed heads, verification, export.

Rules
-----
* Reads what turns have written; changes no case. What it writes of its own is the log of heads.
* Proof never trusts a derived row: what can be worked out from commands is worked out again.
* The formats are public (docs/reference/record.md): an outsider can write a checker from that page
  alone, and a change of a format must leave older records readable.
* Uses `turn`, `store` and the rooms below; is used by `background` and by the office.

Theory of operation
-------------------
Each case has two chains, of commands and of events. Three questions are asked of them.

*Is the record as it was written?* `verification` walks the chains and works every hash out again,
compares each case's row with the ends of its chains, hashes the deployed files again, and walks the
log. It executes nothing, reads cases page by page, and names each difference by place.

*Does it follow from what was asked?* `replay` runs the recorded commands on the recorded version by
the engine's own execution. Host functions are not called: their recorded answers are given. After
every command the state must have the recorded hash, and what happened must be the recorded events;
at the end the rows of tasks, waits and jobs must be those that the case stands at.

*What was there to see?* `playback` does the same once and keeps what stood where after each event,
in a bounded cache. So the picture in the replay player cannot say what the engine did not do.

Whoever holds the database's password could rewrite a chain with all its hashes. Therefore the heads
of all cases that have moved go into one append-only log, hourly: a Merkle tree as in RFC 9162
(`merkle`) whose root is signed with Ed25519 (`signed_heads`, `signing`). A signed head leaves the
system together with the leaves that it added (`published_heads`); from then on a rewritten case no
longer fits, and the number is known from which on it was rewritten.

`export` writes event logs for other programs (XES, OCEL 2.0, CSV), one trace after the other.
"""
