"""The slides: content, layout, and their two formats."""
