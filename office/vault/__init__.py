"""What is kept encrypted: identities, answers as given, attachments, under the keys of their case.

Uses `ground` only. Each case has a key for what it tells and one for who is in it (`case_keys`);
destroying one destroys what it covered. An envelope (`envelopes`) holds the text and a random salt,
and the record holds a commitment to both, so a changed text is found and an erased one tells
nothing. Everything encrypted names its place: moved to another row it does not open. Attachments
are staged when they arrive and adopted in the transaction that accepts the form. What is hidden in
them is left out of copies (`pictures`, `documents`), their pages are drawn (`previews`), both in
child processes where a library has to open them; `scanner` asks clamd.
"""
