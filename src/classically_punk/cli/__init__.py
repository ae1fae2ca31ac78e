"""The command line, `punk`."""
