"""What the rows of a case must be after its record: the register is worked out again from the
commands; conflicts, submissions, letters and deadlines are held to their events."""
