"""The axes of the pictures of a clip, for what computes them and for what draws them."""

PITCH_CLASSES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")

LOWEST_NOTE = "C1"
"""Lowest row of the constant-Q picture, 32.7 Hz; each row is a semitone."""

SEMITONES = 84
"""Rows of the constant-Q picture: seven octaves, C1 to B7."""

HIGHEST_FREQUENCY = 11025.0
"""Hz; upper end of the mel picture, half the sample rate of canonical clips."""
