"""What a loader of annotations is."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from classically_punk.corpora.annotations import Annotations


@dataclass(frozen=True)
class Loader:
    """Reads what one collection's own files say of its clips.

    name  : as `annotations` in params.yaml calls it
    files : names in assets.json of what it reads, fetched into data/raw/C/annotations
    read  : from data/raw/C to annotations; raises PunkError when a file is missing or cannot be understood
    cite  : whom a report thanks for the annotations
    """

    name: str
    files: tuple[str, ...]
    read: Callable[[Path], Annotations]
    cite: str
