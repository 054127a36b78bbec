"""The guideline as deployed files: checked before they run, and printed for the public from what
runs."""
