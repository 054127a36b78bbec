"""The columns that no check of the record covers, and why; docs/reference/unproven.md has them."""

from __future__ import annotations

from typing import NamedTuple


class Unproven(NamedTuple):
    """What no proof covers: these columns of a table, or all, and why."""

    columns: str
    why: str


DOOR = "what programs send and were answered; no case's record"
WORKING = "how far a worker is; the record says what was done"
OWN = "stands in the register for searching; the record holds what it was made from"
UNPROVEN = {
    **dict.fromkeys(["inbound_delivery", "inbound_refusal", "api_answer"], Unproven("", DOOR)),
    **dict.fromkeys(["outbox_message", "worker", "incident"], Unproven("", WORKING)),
    "account_factor": Unproven("", "what it is checked with is encrypted for its account alone"),
    "recovery_code": Unproven("", "kept as hashes for its account"),
    "one_time_code": Unproven("", "lives for minutes, and is kept as a hash"),
    "applied_table": Unproven("", "what a deployed file said last; the deployment has it"),
    "unit_name": Unproven("", "what a unit was called before; its renaming is an entry"),
    "session": Unproven("", "the signed-in browsers; the sign-ins themselves are entries"),
    "process_in_force": Unproven("newest", "until which version an older one is in force"),
    "start_subscription": Unproven("", "made from the deployed diagrams when they are deployed"),
    "mailbox_message": Unproven("", "mail of a development machine"),
    "attempt": Unproven("", "counts tries within an hour"),
    "audit_look": Unproven("", "searches as releases before the chain of administration kept them"),
    "notice": Unproven("", "words within the office; the deadline behind them is in the record"),
    "office_rung": Unproven("", WORKING),
    "office_extension": Unproven("", "what was asked and decided is in the record"),
    "office_clock_change": Unproven("days", "how many; from when to when is in the record"),
    "office_clock": Unproven(
        "key element_id round started_at status paused_at extensions finished_at calendar_version "
        "definition_id askers command_seq",
        "what it is counted from and when it is due is proven; the rest serves its lists",
    ),
    "counter": Unproven("", "the next numbers; a gap in those of receipts is told by counting"),
    "letter": Unproven("job_id title_th title_en mail_key", OWN),
    "reveal": Unproven("hours expires_at opened_at", OWN),
    "identity": Unproven("recorded_at", OWN),
    "case_key": Unproven("destroyed_at", "the erasure is in the record"),
    "process_instance": Unproven("revision", "counts writes, so that two of them do not meet"),
    "wait": Unproven("attempts locked_by locked_until", WORKING),
    "job": Unproven(
        "status retries attempts due_at locked_by locked_until last_error created_at", WORKING
    ),
}


def is_proven(table: str, column: str | None = None) -> bool:
    """Whether a check covers a table, or a column of it."""
    free = UNPROVEN.get(table)
    if free is None or column is None:
        return free is None or bool(free.columns)
    return bool(free.columns) and column not in free.columns.split()
