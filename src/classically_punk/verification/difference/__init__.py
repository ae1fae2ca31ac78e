"""What moved between two revisions, and is it noise? From what git holds, without running anything."""
