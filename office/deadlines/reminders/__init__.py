"""Reminders and escalations of a deadline: planned with it, moved with it, sent once."""
