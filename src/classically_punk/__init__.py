"""Music genre recognition with linear regression, and scores that do not flatter.

Importing this package pins the thread counts and the instructions of the numerical libraries, which have to be set
before NumPy is loaded: with one thread per process any number of worker processes gives the same bytes, and with the
instructions that they all have, every x86-64 processor with AVX2.
"""

from classically_punk.foundation import starting
from classically_punk.foundation.environment import pin_arithmetic, pin_threads

starting.begin()
pin_threads()
pin_arithmetic()
