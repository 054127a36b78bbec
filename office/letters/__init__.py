"""Letters and mail: numbered, kept encrypted, delivered to the tracking inbox and by mail.

Uses `deadlines`, `applications`, `vault` and `ground`. A letter is issued in the transaction of
what asks for it: the job of a send task, or a reminder. It is rendered from the template of the
case's own version; a place that is missing stops it. Mail goes through the outbox, after the
commit, by SMTP or into the development mailbox. `reminder_sending` sends what a deadline's
reminders have reached, each once.
"""
