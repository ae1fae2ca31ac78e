"""The technical report, one module a part."""
