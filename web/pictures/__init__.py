"""Diagrams as SVG, drawn on the server from a file's own layout."""
