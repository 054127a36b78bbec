"""What a deployment brings for the office: forms, letter templates, units, roles and statuses.

Uses `vault`, `ground` and the engine's readers. Forms and templates are read from the
deployment that a case was pinned to and compiled once per process; units, roles and statuses are
seeded into tables from the deployed files and edited there afterwards.
"""
