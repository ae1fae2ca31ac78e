"""The closed vocabularies of what a column measures and of what the function behind it gives."""

from typing import Literal

Family = Literal["timbre", "harmony", "rhythm", "dynamics"]

Over = Literal["frames", "values", "span"]
"""What a function gives: a row for every frame of a clip; an array whose values are all summarised as one; or what
describes a span as it is."""
