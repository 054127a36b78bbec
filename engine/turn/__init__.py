"""A turn: one change of one case, written down whole or not at all.

Rules
-----
* A turn happens inside a unit of work and never commits; who opened the unit of work does.
* One case is changed by one turn at a time: its row is locked first, and its revision counts up.
* Everything that follows from the act (tasks, waits, jobs, state, command, events) is in the same
  transaction. What must leave the system is a row of the outbox, delivered after the commit.
* Time is `work.now`. Given the state before and the recorded command, the state after follows.
* Uses `store` and the rooms below it. Knows no verb: what may be asked is decided above.

Theory of operation
-------------------
::

    with turn(work, instance_id, "complete", body, actor=actor) as execution:
        execution.complete_task(task_id, variables)        # the one act

    1  lock the row (FOR UPDATE; SQLite has one writer); a case that has ended is refused
    2  take the live case from memory if its revision is this one, else load the stored state
       over the compiled definition (`definitions`), which all cases of a version share
    3  lend it this moment, the host functions and the decision tables
    4  the caller acts once; then the case runs to rest
    5  `rows`: close and open user tasks, waits and jobs, as `execution.changes` says
    6  store the state; chain the command, then the events (`history`)
    7  put thrown messages and signals into the outbox
    8  tell the listeners, who may write and read in the same transaction

An automatic step that cannot be done raises `StepFailed`: the caller's transaction is taken back,
the person reads why, and an incident is written in a transaction of its own. The live case is
kept in memory only after the commit, under its new revision; after an error it is dropped.

A command holds what was asked, by whom, in which role, when, and what host functions answered; its
hash covers the state after it. An event says what happened, for people to read. Each is chained to
the one before it in the same case by `commitments`, over a salted hash of its payload, so that a
payload can be withheld while the chain still verifies. An office's own events join the same chain
by `history.record`, between turns or with one. What is done about the installation itself is a
chain of its own with the same hashes: `administration.note`.

`metrics` counts turns; `incidents` keeps what failed for good; `time_limits` takes a transaction
back when a foreign handler hangs in it.
"""
