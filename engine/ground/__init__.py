"""What every room stands on: bilingual text, refusals, findings, the clock, exact JSON,
settings, log.

Uses nothing else of the engine, and knows neither a database nor a diagram.
"""
