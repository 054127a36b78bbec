"""A case from intake to result: register, work list, tasks, the case file, and what the
complainant does."""
