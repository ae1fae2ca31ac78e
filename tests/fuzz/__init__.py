"""A seeded fuzzer of what reads untrusted files: `python -m tests.fuzz --help`, `make fuzz`, and a part of the tests.

A target (`targets.TARGETS`) makes hostile input from a seed and a number, and judges what became of it. `running` holds
what must be true of every input: it is accounted for by a word of the target's own, or by one error of the project's;
nothing is printed, nothing warns, nothing stays open or behind, and it ends in time. What fails is saved under
`.punk_cache/fuzz`, and seed and number make it again.

There is no HTTP service yet, so no target sends requests; when there is one, it is another entry of `TARGETS`.
"""
