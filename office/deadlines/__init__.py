"""Deadlines as rows: counted in working or calendar days, paused, extended, explained.

The diagram asks for a deadline (`due("screen")`), its timers wake it up, and whatever moves it says
why.
"""
