"""Signing in and out, and what people do with their own account.

Uses `office.people`. A password or a provider opens a session that may still owe its second factor;
`current` lets such a session open nothing but the page on which it is shown or set up. What lays
identities open, erases, publishes or gives roles asks for a fresh proof by `confirm.confirmed`.
"""
