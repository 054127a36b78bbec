"""The auditor's pages: cases step by step, statistics, and a case on paper."""
