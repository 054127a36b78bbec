"""Running the office: backup and restore, what the outbox does, demo accounts.

The highest room: it may use all others, and only `office.Office` uses it. `outbox_handlers` are the
deliverers by topic; each is called outside any transaction and may be called again.
"""
