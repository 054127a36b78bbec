"""From the text of a FEEL expression to its tree, and back: lexer, parser, printer.

Knows no value and no function, only names that are known at a place. `parser` climbs precedences
over the tokens of `lexer` without going back; `stream` counts nesting and reports errors with line,
column and what was expected; `printer` writes a tree so that it is read the same again, which
property tests hold.
"""
