"""mirdata's index of a collection: the md5 that every canonical clip must have."""

import json
from pathlib import Path

from classically_punk.corpora import assets
from classically_punk.corpora.archives import ANNOTATIONS_FOLDER
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.params import Corpus


def read(corpus: Corpus, raw: Path) -> dict[str, str] | None:
    """clip -> md5 for the corpus in `raw`, or None when params.yaml names no index. Raises PunkError as below."""
    return None if corpus.clip_index is None else read_file(raw / ANNOTATIONS_FOLDER / corpus.clip_index)


def read_file(path: Path) -> dict[str, str]:
    """clip -> md5 of its WAV file. Raises PunkError when the file is missing or is no index.

    Source: mirdata, gtzan_genre index 1.0 (`tracks`: clip -> `audio`: path, md5).
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return {str(clip): str(track["audio"][1]) for clip, track in content["tracks"].items()}
    except OSError as error:
        raise PunkError(
            f"{path}: cannot be read ({error.strerror}); `make data CORPUS=...` fetches it, or set `clip_index: null` "
            "for this corpus in params.yaml and do without verified clips"
        ) from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise PunkError(f"{path}: not an index of mirdata ({error!r}); {assets.how_to_replace(path)}") from error
