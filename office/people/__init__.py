"""Who works here and what they may see: accounts, sign-in, access to cases, conflicts of
interest."""
