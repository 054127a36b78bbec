"""The officer's pages: work list, tasks, cases, deadlines, identities, disposal."""
