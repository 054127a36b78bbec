"""Who works here and what they may see: accounts, sign-in, access to cases, conflicts of interest.

Uses `ground`, `vault` and `applications`. `access` decides in one place who sees a case and how
much of it, by the roles' column `access`, the units of the case, and conflicts; every room that
loads a case asks it. `conflicts` keeps out who steps out and whose name is like an accused
person's; `handover` gives the tasks of one person to another. Passwords are argon2id; guessing is
limited without keeping the place it came from.
"""
