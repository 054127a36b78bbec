"""Running the office: backup and restore, what the outbox does, demo accounts."""
