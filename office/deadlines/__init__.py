"""Deadlines as rows: counted in working or calendar days, paused, extended, explained.

Uses `applications`, `people`, `ground` and the engine. The diagram asks for a deadline
(`due("screen")`), its timers wake it up, and whatever moves it says why. `working_days` and
`derivation` count and are pure: the same count on the same calendar is always equal. `deadlines`
begins and ends a row as the case comes and goes; `changes` moves it (pause, extension, a new
holiday) together with the open task and the engine's timer, in one transaction, with the old day,
the new day and the reason in the record. `holiday_table` holds the calendar by version.
"""
