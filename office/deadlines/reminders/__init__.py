"""Reminders and escalations of a deadline: planned with it, moved with it, sent once.

`ladder` reads the table `rungs` of the case's version and is pure; `rungs` keeps each planned
reminder as a row; `notices` are internal messages to roles and units. Letters and sending stand one
room higher, in `office/letters`.
"""
