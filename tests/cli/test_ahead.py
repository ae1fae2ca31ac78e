"""The decoder that is started while the rest is imported is the one that then decodes."""

import os

from classically_punk.audio import isolated
from classically_punk.cli.ahead import start_decoder


def test_the_decoder_stands_ready_and_is_one(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    own: dict[int, isolated.Decoders] = {}
    monkeypatch.setattr(isolated, "_own", own)
    start_decoder().join(timeout=60)
    decoders = own[os.getpid()]
    process = decoders._idle.get(timeout=1)
    assert process is not None
    assert process.runs
    decoders._idle.put(process)
    decoders.close()
