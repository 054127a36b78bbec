"""Dates and numbers as people in Thailand write them, and the sentences that a form says."""
