"""A spelling in UTF-8 for every name of a file, and back.

Names are bytes to Linux. DVC writes them down as UTF-8 and ends with an error on those that are not, such as
`caf\\xe9.wav` from a disc written in Latin-1. Such bytes are spelt `%E9`, as in addresses of the web (RFC 3986, 2.1).
So that no two names are spelt alike, a `%` is itself spelt `%25` where what follows would read as such a byte; all
other names stay as they are.
"""

import re

_TO_SPELL = re.compile("[\udc80-\udcff]|%(?=25|[89A-F][0-9A-F])")
_SPELT = re.compile("%(25|[89A-F][0-9A-F])")


def spelt(name: str) -> str:
    """`name`, as Python gives it (a byte that is no UTF-8 is a surrogate, PEP 383), with such bytes as `%E9`."""
    return _TO_SPELL.sub(lambda found: f"%{found[0].encode('utf-8', 'surrogateescape').hex().upper()}", name)


def unspelt(text: str) -> str:
    """The name that `spelt` made `text` of."""
    return _SPELT.sub(lambda found: "%" if found[1] == "25" else chr(0xDC00 + int(found[1], 16)), text)
