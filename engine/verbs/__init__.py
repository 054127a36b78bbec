"""What can be asked of the engine: deploy, start, complete, correlate, fire, migrate, look.

Each verb is a function that takes the unit of work first; it opens a turn and never commits. Verbs
check who may and what is asked, and leave the rest to the turn; the same idempotency key gives the
same answer, once. `gate` runs the deploy check with what the packages above have added. `queries`
are the readers. Verbs of workers (`jobs`, `timers`, `deliveries`) take the machine, because they
open a transaction for each item.
"""
