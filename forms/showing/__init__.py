"""What a page shows of a form and its answers: plain values, so that a template decides nothing.

Uses the rooms below; knows no HTML. `view` is a form to fill, `readout` the answers to read.
"""
