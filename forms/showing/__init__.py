"""What a page shows of a form and its answers: plain values, so that a template decides nothing."""
