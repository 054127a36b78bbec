"""The process owner's pages: versions with pictures, files, checks, deploying.

`workshop` reads what a page of versions shows. An upload is checked in a child process.
"""
