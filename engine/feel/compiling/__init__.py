"""From a tree to Python closures: what each construct of FEEL does when it is evaluated.

Uses `values` and the tree of `grammar`. Each kind of node becomes one closure over the closures of
its parts; frequent shapes (`name operator literal`) become a single one. Budgets are counted where
something can grow: calls, iterations, text.
"""
