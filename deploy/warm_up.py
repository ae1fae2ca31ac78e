"""Reads the bundle named as argument and describes a clip, so that all kernels are compiled; fails on one that this
release cannot serve."""

import sys
from pathlib import Path

from classically_punk.bundle.reading import read_bundle
from classically_punk.serving.answer import Answerer


def main() -> None:
    Answerer(read_bundle(Path(sys.argv[1]))).warm_up()


if __name__ == "__main__":
    main()
