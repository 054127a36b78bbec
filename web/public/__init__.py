"""The complainant's pages."""
