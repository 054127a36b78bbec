"""Reminders and escalations of a deadline: planned with it, moved with it, sent once.

A *reminder* is of the kind reminder (before the end) or escalation (after it). `reminder_table`
reads the decision `rungs` of the case's version and is pure; `planned_reminders` keeps those of a
running deadline as rows; `notices` are internal messages to roles and units. Letters and sending
stand one room higher, in `office/letters`.
"""
