"""The database's revisions (Alembic), one branch for each package that has tables.

They are applied when a database is opened. A revision suits the release before it, too: servers of
both may run side by side while an installation is upgraded. `guards` installs the triggers that
refuse to change or delete what is recorded.
"""
