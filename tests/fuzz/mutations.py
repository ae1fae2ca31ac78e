"""What is done to bytes, whatever they are."""

from collections.abc import Callable, Sequence
from random import Random

SIZES = (0, 1, 2, 3, 4, *(2**bits - less for bits in (7, 8, 15, 16, 31, 32, 63, 64) for less in (0, 1)))
"""Numbers at which readers go wrong."""

TAGS = (
    *(b"RIFF", b"RF64", b"RIFX", b"WAVE", b"fmt ", b"data", b"fact", b"LIST", b"ds64", b"PEAK", b"cue ", b"smpl"),
    *(b"FORM", b"COMM", b"SSND", b"AIFF", b"caff", b"desc", b"pakt", b".snd", b"fLaC", b"OggS", b"OpusHead", b"vorbis"),
    *(b"ID3", b"Xing", b"Info", b"LAME", b"riff"),
)
"""After which a size or a count stands."""

_LONGEST = 2**20  # bytes of an input: what is more tells nothing new and takes long

Mutation = Callable[[Random, bytearray, Sequence[bytes]], bytearray]


def mutated(rng: Random, data: bytes, others: Sequence[bytes], extra: Sequence[Mutation] = ()) -> bytes:
    """`data` after one to four changes. others: what pieces are taken from; extra: changes that know the format"""
    content = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 4))):
        content = rng.choice((*MUTATIONS, *extra))(rng, content, others)[:_LONGEST]
    return bytes(content)


def extreme(rng: Random, width: int) -> bytes:
    """A number of `width` bytes at which readers go wrong, or near it."""
    value = rng.choice(SIZES) + rng.choice((-1, 0, 0, 0, 1))
    return (value % 256**width).to_bytes(width, rng.choice(("little", "big")))


def _place(rng: Random, content: bytearray) -> int:
    """A position, often in the header."""
    return rng.randrange(min(len(content), rng.choice((64, 512, len(content)))) or 1) if content else 0


def _span(rng: Random, content: bytearray) -> slice:
    start = _place(rng, content)
    return slice(start, min(len(content), start + 2 ** rng.randrange(14)))


def _flip_bits(rng: Random, content: bytearray, _: Sequence[bytes]) -> bytearray:
    for _ in range(rng.choice((1, 1, 4, 64))):
        if content:
            content[_place(rng, content)] ^= 1 << rng.randrange(8)
    return content


def _overwrite(rng: Random, content: bytearray, _: Sequence[bytes]) -> bytearray:
    number = extreme(rng, rng.choice((1, 2, 4, 8)))
    start = _place(rng, content)
    content[start : start + len(number)] = number
    return content


def _size_after_a_tag(rng: Random, content: bytearray, _: Sequence[bytes]) -> bytearray:
    places = [content.find(tag) + len(tag) for tag in TAGS if tag in content]
    if places:
        start = rng.choice(places) + rng.choice((0, 0, 0, 2, 4, 6, 8, 10, 12, 14))
        number = extreme(rng, rng.choice((2, 4, 8)))
        content[start : start + len(number)] = number
    return content


def _truncate(rng: Random, content: bytearray, _: Sequence[bytes]) -> bytearray:
    return content[: _place(rng, content)]


def _cut_out(rng: Random, content: bytearray, _: Sequence[bytes]) -> bytearray:
    del content[_span(rng, content)]
    return content


def _repeat(rng: Random, content: bytearray, _: Sequence[bytes]) -> bytearray:
    span = _span(rng, content)
    content[span.stop : span.stop] = content[span] * rng.choice((1, 2, 50))
    return content


def _run(rng: Random, content: bytearray, _: Sequence[bytes]) -> bytearray:
    span = _span(rng, content)
    content[span] = bytes([rng.choice((0, 0, 0xFF, 0x7F, 0x80))]) * (span.stop - span.start)
    return content


def _noise(rng: Random, content: bytearray, _: Sequence[bytes]) -> bytearray:
    span = _span(rng, content)
    content[span] = rng.randbytes(span.stop - span.start)
    return content


def _splice(rng: Random, content: bytearray, others: Sequence[bytes]) -> bytearray:
    other = rng.choice(others)
    return content[: _place(rng, content)] + other[rng.randrange(len(other)) :]


def _insert(rng: Random, content: bytearray, others: Sequence[bytes]) -> bytearray:
    other = rng.choice(others)
    piece = rng.choice((other[:64], rng.choice(TAGS), extreme(rng, 4), b"\0" * 4096))
    start = _place(rng, content)
    content[start:start] = piece
    return content


MUTATIONS: tuple[Mutation, ...] = (
    _flip_bits,
    _overwrite,
    _size_after_a_tag,
    _truncate,
    _cut_out,
    _repeat,
    _run,
    _noise,
    _splice,
    _insert,
)
