"""Signed events out: who is told, where a delivery may go, and sending it.

Events come from the outbox, hold references only, and are delivered until accepted. `address`
refuses places inside the agency's own network unless a setting allows them, at every delivery.
"""
