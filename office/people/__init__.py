"""Who works here and what they may see: accounts, sign-in, access to cases, conflicts of interest.

Uses `ground`. `access` decides in one place who sees a case and how much of it, by the
roles' column `access`, the units of the case, and conflicts; every room that loads a case asks it.
Passwords are argon2id; guessing is limited without keeping the place it came from.
"""
