"""Work that nobody asks for at the moment it is done: timers, jobs, deliveries.

Uses `verbs` and the rooms below; knows no diagram and no kind of job. Due rows are the truth.
`run_due` looks with one query whether anything is due, takes a batch under the worker's name until
a time (`store.leases`), and runs each item in a transaction of its own that locks the case first
and looks again whether the row is still held. So an item runs once, a killed worker loses what it
held by time, and what kills its workers again and again becomes an incident. `worker` is a thread
or process that does this every two seconds or when it is woken; `queue_worker` and `distributed`
let procrastinate on PostgreSQL announce the same rows; `dispatch` chooses. `heartbeats` say who
was seen, `backlog` how late the latest is.
"""
