"""Samples to numbers: one short-time spectrum per clip, descriptors, statistics, named sets, and their catalogue."""
