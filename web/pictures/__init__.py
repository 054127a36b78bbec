"""Diagrams as SVG, drawn on the server from a file's own layout.

So that screen, paper and a browser without JavaScript show the same. `drawing` reads the layout,
`strokes` and `signs` are the lines and symbols, `line_break` breaks Thai between words; `picture`
puts them together and lays tokens, visits and waiting times over them; `guideline` cuts the
picture into strips for paper.
"""
