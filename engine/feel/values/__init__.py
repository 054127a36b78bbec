"""The values of FEEL: numbers, text, dates, durations, ranges and their types, and how they
become JSON."""
