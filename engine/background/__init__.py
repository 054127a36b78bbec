"""What runs by itself: looking for due rows, taking them, running them, on either backend."""
