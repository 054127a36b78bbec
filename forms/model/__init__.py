"""What a form asks: a form-js file read into components that never change.

Uses `text` and FEEL. `source` reads bytes with limits, `reading` makes components of them and
compiles every expression; `checks` says what the deploy check has to say of a form.
"""
