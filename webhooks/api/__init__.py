"""The REST API under `/api/v1`: one module per noun, each a thin layer over the engine's verbs."""
