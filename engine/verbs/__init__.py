"""What can be asked of the engine: deploy, start, complete, correlate, fire, migrate, and
reading what is there.

Each verb is a function that takes the unit of work first; it opens a turn and never commits.
"""
