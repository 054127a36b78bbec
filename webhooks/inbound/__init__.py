"""Signed messages in: who may send them, and what each of them does."""
