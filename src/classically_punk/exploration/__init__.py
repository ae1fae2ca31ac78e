"""What a corpus is like before any model sees it: its genres, its columns, its structure, its sound."""
