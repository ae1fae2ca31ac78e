"""The process in which untrusted bytes are decoded: `python -m classically_punk.audio.decoder PARENT`.

`confined` says what it may do and how it is spoken to; `isolated` is the other end.
"""

from typing import Any

from classically_punk.audio import confined
from classically_punk.audio.confined import Message
from classically_punk.audio.decode import Decoded, DecodingLimits, Undecodable, decode


def answer(name: str, data: bytes, limits: DecodingLimits) -> Message:
    """What `decode` says of a file, as a message: samples as little-endian 16 bits, or what is wrong."""
    try:
        clip = decode(data, name, limits)
    except Undecodable as found:
        return _described(found) | {"fault": found.fault}, b""
    return _described(clip), clip.samples.astype("<i2", copy=False).tobytes()


def _described(found: Decoded | Undecodable) -> dict[str, Any]:
    return {
        "container": found.container,
        "codec": found.codec,
        "source_rate": found.source_rate,
        "source_channels": found.source_channels,
        "faults": found.faults,
        "detail": found.detail,
    }


def main() -> None:
    """Serves the parent process, whose number is the argument, until it asks no more."""
    answers = confined.begin()
    bounds = confined.Bounds()
    confined.send(answers, {"ready": True})
    confined.silence()
    confined.serve(
        answers,
        bounds,
        lambda head, data: answer(head["name"], data, DecodingLimits(head["shortest"], head["longest"])),
    )


if __name__ == "__main__":
    main()
