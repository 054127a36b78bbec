"""What every room of the office stands on: refusals, tables, keys, file storage, settings, numbers.

Uses nothing else of the office. `keys` holds the master keys: each case has two keys of its
own, wrapped by them, and only these encrypt what people wrote. `context` is what functions of the
office need at hand besides the unit of work: keys, storage, a few settings. `numbers` are without a
gap, because they are issued in the transaction that uses them. `administered` notices which rows
that the agency is run by are written, and enters them in the chain of administration.
"""
