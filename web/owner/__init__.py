"""The process owner's pages: versions with pictures, files, checks, deploying.

`workshop` reads what a page of versions shows. An upload is judged in a child process.
"""
