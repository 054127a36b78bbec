"""The auditor's pages: cases step by step, statistics, and a case on paper.

Uses `office.audit`. The replay player is plain links: each step is a page of its own, and
`player.js` only fetches the next one. `case_paper` and `case_pdf` make the pictures and the
summary of a signed case file.
"""
