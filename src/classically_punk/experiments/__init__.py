"""Fits asked something else: altered clips, other columns, figures of others."""
