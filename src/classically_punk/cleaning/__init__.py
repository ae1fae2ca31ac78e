"""Features -> design table."""
