"""The process owner's pages: versions, files, checks, deploying."""
