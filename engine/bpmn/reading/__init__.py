"""From uploaded bytes to the plain model.

Uses nothing but `model`, `rule` and `ground`. `source` makes a tree of bytes that may be hostile:
no DOCTYPE, no entities, limits of size, depth and count. `schema` checks it against the standard's
XML schema. `dialect` reads the tree into the model with the extensions of Camunda 8, then those of
Camunda 7 (`extensions`); what is read but not applied is reported. `sandbox` does all of it in a
child process with limits of time and memory, for files that come from outside.
"""
