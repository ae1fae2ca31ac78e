"""Writes the examples of the web page: one short clip a genre, synthesised, by bands that are in no corpus.

    python benchmarks/page_examples.py

The demonstration corpus numbers its artists from 0 and its recordings by genre; those of the page follow behind them,
so that a model of that corpus has heard neither. Ogg Vorbis: the same bytes on every run of one release of libsndfile.
"""

import io
import json
from pathlib import Path

# first of all, before NumPy: importing the package pins the arithmetic
import classically_punk  # noqa: F401  isort: skip
import soundfile

from classically_punk.audio.canonical import SAMPLE_RATE, Samples
from classically_punk.corpora.demo.encode import OGG_SERIAL, with_ogg_serial
from classically_punk.corpora.demo.genres import GENRES
from classically_punk.corpora.demo.performances import Take, perform
from classically_punk.foundation.params import read_params

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "src" / "classically_punk" / "serving" / "page" / "examples"
BEHIND = 1000
"""More recordings of a genre than any size of the corpus that is in use."""
COMPRESSION = 0.8
"""libsndfile's: 0 keeps most, 1 least. Ten clips stay below 500 KiB."""
BLOCK = 16384
"""Frames handed to the encoder at a time; the Vorbis encoder keeps a whole call on its stack."""


def vorbis(samples: Samples) -> bytes:
    """The Ogg Vorbis file that holds `samples`, int16 of shape (n,)."""
    target = io.BytesIO()
    with soundfile.SoundFile(
        target, "w", SAMPLE_RATE, 1, "VORBIS", format="OGG", compression_level=COMPRESSION
    ) as file:
        for start in range(0, len(samples), BLOCK):
            file.write(samples[start : start + BLOCK])
    return with_ogg_serial(target.getvalue(), OGG_SERIAL)


def main() -> None:
    """Writes the clips and `examples.json`."""
    settings = read_params(ROOT / "params.yaml").demo
    FOLDER.mkdir(parents=True, exist_ok=True)
    listed = []
    for genre in GENRES:
        samples = perform(settings, Take(genre, settings.artists_per_genre, BEHIND))
        name = f"{genre}.ogg"
        content = vorbis(samples)
        (FOLDER / name).write_bytes(content)
        seconds = round(len(samples) / SAMPLE_RATE, 1)
        about = {"name": name, "title": f"Synthesised {genre}", "genre": genre, "seconds": seconds, "file": name}
        listed.append(about)
        print(f"{name}: {seconds} s, {len(content) / 1024:.0f} KiB")
    (FOLDER / "examples.json").write_text(json.dumps(listed, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
