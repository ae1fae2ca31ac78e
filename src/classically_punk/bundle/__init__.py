"""The model bundle: one file with everything that answering needs, and nothing of the music."""
