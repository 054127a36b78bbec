"""The values of FEEL: numbers, text, dates, durations, ranges, and how they become JSON.

Plain Python data wherever possible; `types` says which is which. Comparing and calculating follow
the standard (three-valued, exact decimals, dates with zones). `scope` is where names have their
values during one evaluation, and what that evaluation may use up.
"""
