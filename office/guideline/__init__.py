"""The guideline as deployed files: checked before they run, printed for the public from what runs.

Uses `cases`, `deadlines`, `applications` and the engine's readers. `files` reads the installation's
folder and deploys it when it changed; `gate` adds to the deploy check what spans several files:
every letter has its template, every deadline its row. `guideline` writes the public document from
the deployed diagram and tables alone, and `check` holds it against what the assessment asks for.
"""
