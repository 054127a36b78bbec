"""What can be said of an expression before it runs: the types of its parts, and what can never
be right."""
