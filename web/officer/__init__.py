"""The officer's pages: work list, tasks, cases, late work, identities, disposal.

One module for each kind of reader; what somebody may see was decided in `office.people.access`.
"""
