"""Names of artists and titles of songs, spelled so that the same ones are equal."""

import re
import unicodedata

_JOINTS = re.compile(r",|&|\+|;|\band\b|\bwith\b|\bvs\b\.?|\bfeat\b\.?|\bft\b\.?|\bfeaturing\b", re.IGNORECASE)
_SUFFIX = re.compile(r"\s*[\(\[][^\)\]]*[\)\]]\s*$")
"""A remark behind a name or title: `Bob Marley (352)`, `Stir It Up [live]`."""


def spelled_alike(text: str) -> str:
    """Small letters and digits alone: without accents, remarks in brackets behind it, a leading article or spaces.

    >>> spelled_alike("The Rolling Stones"), spelled_alike("Beyoncé (352)"), spelled_alike("RUN-DMC")
    ('rollingstones', 'beyonce', 'rundmc')
    """
    bare = text
    while (shorter := _SUFFIX.sub("", bare)) != bare and shorter.strip():
        bare = shorter
    letters = unicodedata.normalize("NFKD", bare).casefold()
    letters = "".join(sign for sign in letters if not unicodedata.combining(sign))
    words = [word for word in re.split(r"[^\w]+|_", letters) if word]
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    return "".join(words)


def credited(artist: str) -> tuple[str, ...]:
    """Everyone whom a credit names, spelled alike: artists who play together, and guests.

    A band whose name has an "and" in it comes apart too, which links it with nobody but itself.

    >>> credited("Lauryn Hill and Bob Marley"), credited("Earth, Wind & Fire") == credited("Earth Wind and Fire")
    (('laurynhill', 'bobmarley'), False)
    >>> credited("")
    ()
    """
    parts = (spelled_alike(part) for part in _JOINTS.split(artist))
    return tuple(dict.fromkeys(part for part in (*parts,) if part))
