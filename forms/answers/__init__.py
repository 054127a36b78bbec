"""What people answer: from posted names to checked values, each in the home where it belongs."""
