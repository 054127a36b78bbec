"""How long a case is kept, what holds it back, and erasing it by two persons."""
