"""What every room stands on: bilingual text, refusals, findings, the clock, exact JSON, settings.

Uses nothing else of the engine, and knows neither a database nor a diagram. A `Refusal` is an error
that a person is told: its English text is the docstring of the class, its Thai text the attribute
`thai`. A `Text` is one sentence in both languages. `canonical` writes JSON that is equal byte for
byte whenever the values are, because hashes are taken over it. Time comes from a `Clock` that is
handed in, never from the machine. `log` writes lines without personal data.
"""
