"""What happened, proved: replay by doing it again, playback step by step, signed heads,
verification, export."""
