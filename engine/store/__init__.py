"""The database: opening and upgrading it, the tables, one unit of work, and the rows that are
lent to workers.

Only `database` commits. Every writer above takes the unit of work (`work.Work`) first.
"""
