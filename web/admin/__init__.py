"""The administrator's pages: people, incidents, mail that no server took, the calendar.

Views open one unit of work and call a function of a room; the content of a case is never shown.
"""
