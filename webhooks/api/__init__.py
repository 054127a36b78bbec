"""The REST API under `/api/v1`: one module per noun, each a thin layer over the engine's verbs.

`resources/` hold the routes; the rest is what all of them share: tokens and scopes, `If-Match`,
idempotency keys, paging, waiting for jobs, problems as RFC 9457 has them, and the description from
the same schemas that check a request.
"""
