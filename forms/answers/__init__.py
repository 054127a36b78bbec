"""What people answer: from posted names to checked values, each in the home where it belongs.

Uses `model` and `text`. `posted` reads a page's fields, `loading` walks the form: what a condition
hides was not answered, unknown names are refused, `judging` tells every fault in both languages.
`homes` splits the values: process variables, the submission, the vault, files.
"""
