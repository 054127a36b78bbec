"""One change of one case: lock it, load it, act, run to rest, write rows, record and state.

The definition a case runs on is compiled once and shared (`definitions`); every command and event
is chained to the one before it (`history`).
"""
