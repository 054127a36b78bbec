"""How long a case is kept, what holds it back, and erasing it by two persons.

Uses `cases`, `people`, `vault` and `ground`. `retention` reads the deployed `retention.csv`;
`disposal` proposes what was kept long enough to people who may see no case file; `legal_holds`
keeps what a court needs; `erasure` destroys a key of a case after a second person agreed, and
removes what the key cannot reach. The record stays whole: it holds commitments to what is gone.
"""
