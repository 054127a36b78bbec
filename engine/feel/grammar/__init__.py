"""From the text of a FEEL expression to its tree, and back: lexer, parser, printer."""
