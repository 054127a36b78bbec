"""Examining: searching cases, replay with forms and deadlines, statistics, verification, event
logs, sealed case files."""
