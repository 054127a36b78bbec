"""What can be said of an expression before it runs: types of its parts, what can never be right.

Walks the tree with the names and types that are known and gives `Problem`s with line and column,
for the deploy check. Unknown stays unknown: only what would be null in every case is a problem.
"""
