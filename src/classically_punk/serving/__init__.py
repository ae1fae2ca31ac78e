"""A bundle asked about music: answers with their reasons, on the command line, over HTTP and in a page."""
