"""Letters and mail: numbered, kept encrypted, delivered to the tracking inbox and by mail."""
