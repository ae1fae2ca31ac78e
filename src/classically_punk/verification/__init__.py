"""Is this run the committed one?"""
