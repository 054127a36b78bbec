"""The database: opening and upgrading it, the tables, one unit of work, rows lent to workers.

Only `database` commits. Uses `ground` and the types of a live case; knows no verb. A unit of work
(`work.Work`) is one transaction with its moment, opened by `transactions.begin` or `read`; every
writer above takes it first. `machine.Machine` is what a unit of work needs and that outlives it:
database, clock, host functions, handlers, listeners, live cases. `statements` are prepared once
for the path that every turn takes; `instances` locks a case and writes its row; `leases` say which
rows are due and who holds them; `outbox` keeps what must leave after the commit; `backup` copies a
whole database. Hash chains and constraints are guarded by triggers that `revisions` installs.
"""
