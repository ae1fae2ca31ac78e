"""The corpus as a list, before any sound is made: every member, who plays on it, and what is wrong with it."""

from dataclasses import dataclass

import numpy as np

from classically_punk.corpora.demo.encode import Form
from classically_punk.corpora.demo.faults import PLANTINGS, Planting
from classically_punk.corpora.demo.genres import GENRES
from classically_punk.corpora.demo.performances import Take, take
from classically_punk.foundation.params import Demo

FORM_STREAM = 3
"""Tells the random numbers of the containers from all others."""

FORM_SHARES: dict[Form, float] = {
    Form.AU: 0.32,
    Form.WAV: 0.28,
    Form.FLAC: 0.22,
    Form.FLAC_24: 0.04,
    Form.OGG: 0.08,
    Form.MP3: 0.06,
}
"""Lossy containers are few, because their samples depend on the encoder's version and the processor."""

OF_A_PARTNER = frozenset({"replica", "near_replica"})


@dataclass(frozen=True)
class Member:
    """One file of the archive that claims to be a clip.

    path    : inside the archive
    clip    : the clip's id
    label   : the folder's genre
    take    : the recording it is made from, or would have been, had nothing gone wrong
    planted : what was done to it; None for a good clip
    partner : id of the clip that has the same recording, or ""
    """

    path: str
    clip: str
    label: str
    form: Form
    take: Take
    planted: Planting | None = None
    partner: str = ""


def members(settings: Demo) -> list[Member]:
    """Every member of the corpus, sorted by path."""
    listed = [_good(settings, genre, number) for genre in GENRES for number in range(settings.clips_per_genre)]
    clips = dict.fromkeys(GENRES, settings.clips_per_genre)
    takes = dict.fromkeys(GENRES, settings.clips_per_genre)
    for planting in PLANTINGS:
        clip = _clip_id(planting.label, clips[planting.label])
        clips[planting.label] += 1
        if planting.fault in OF_A_PARTNER:
            played, partner = take(settings, planting.genre, 0), _clip_id(planting.genre, 0)
        else:
            played, partner = take(settings, planting.genre, takes[planting.genre]), ""
            takes[planting.genre] += 1
        path = _path(planting.label, clip, planting.form)
        listed.append(Member(path, clip, planting.label, planting.form, played, planting, partner))
    return sorted(listed, key=lambda member: member.path)


def _good(settings: Demo, genre: str, number: int) -> Member:
    name = _clip_id(genre, number)
    # the first clip of a genre has, or may get, a replica: it has to be lossless, and in no container of PLANTINGS
    form = Form.AU if number == 0 else _form(settings, genre, number)
    return Member(_path(genre, name, form), name, genre, form, take(settings, genre, number))


def _form(settings: Demo, genre: str, number: int) -> Form:
    rng = np.random.default_rng([settings.seed, FORM_STREAM, list(GENRES).index(genre), number])
    return list(FORM_SHARES)[int(rng.choice(len(FORM_SHARES), p=list(FORM_SHARES.values())))]


def _clip_id(label: str, number: int) -> str:
    return f"{label}.{number:05d}"


def _path(label: str, clip: str, form: Form) -> str:
    return f"genres/{label}/{clip}{form.suffix}"
