"""The complainant's pages: file, follow, answer, withdraw, read letters, the guideline.

No account: a tracking code opens a case, kept encrypted in a cookie for a short while. No
page here tells more of a case than its complainant may know.
"""
