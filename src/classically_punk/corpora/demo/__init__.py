"""The demonstration corpus: ten genres, synthesised from a seed, written as a raw archive with faults on purpose."""

from classically_punk.corpora.demo.archive import write_demo

__all__ = ["write_demo"]
