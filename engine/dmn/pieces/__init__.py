"""Decision tables cut into pieces, for deciding fast and for finding what is wrong with them.

`axes` cuts each input where its tests name a value: within a piece every test answers alike, and
each piece knows, as the bits of an integer, the rules that pass there. `index` joins the pieces in
which the given values lie, which leaves the rules that match. `coverage` looks for pieces that no
rule covers or several do. Knows models and FEEL; nothing of how a table is read.
"""
