"""Signed messages in: who may send them, and what each of them does.

`receiving` checks size, signature and time, and takes the same message once; `sources` are the
senders with their secrets; `effects` says which message starts or moves a case.
"""
