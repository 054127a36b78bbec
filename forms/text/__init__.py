"""Dates and numbers as people in Thailand write them, and the sentences that a form says.

Both eras, Thai digits, month names; a year of two digits is refused. Uses `engine.ground` only.
"""
