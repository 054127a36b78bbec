"""The REST resources under `/api/v1`, one module per noun.

A route checks the scope, reads the body by its schema, calls one verb in one unit of work, and
shows the result by a schema. Nothing of a complaint's content leaves through the API.
"""
