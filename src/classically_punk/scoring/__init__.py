"""Held-out predictions -> scores, intervals, comparisons and optimism."""
