"""The examples that the page offers: they are there, play for as long as they say, and weigh little."""

import io
import json
from pathlib import Path

import soundfile

import classically_punk

FOLDER = Path(classically_punk.__path__[0]) / "serving" / "page" / "examples"
LISTED = json.loads((FOLDER / "examples.json").read_text(encoding="utf-8"))


def test_the_list_and_the_files_are_the_same() -> None:
    assert {each["file"] for each in LISTED} == {path.name for path in FOLDER.iterdir()} - {"examples.json"}
    assert len({each["name"] for each in LISTED}) == len(LISTED)


def test_each_lasts_as_long_as_it_says() -> None:
    for each in LISTED:
        about = soundfile.info(io.BytesIO((FOLDER / each["file"]).read_bytes()))
        assert abs(about.duration - each["seconds"]) <= 0.05, each["name"]


def test_they_are_small_enough_for_every_clone() -> None:
    assert sum((FOLDER / each["file"]).stat().st_size for each in LISTED) < 500 * 1024
