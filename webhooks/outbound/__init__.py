"""Signed events out: who is told, where a delivery may go, and sending it."""
