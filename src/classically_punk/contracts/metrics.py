"""How `metrics/<corpus>/*.json` are written, few and readable in `dvc metrics diff`, and how they are read.

DVC shows one line for each value, and none for a list. So the two ends of an interval are one value, a string that a
person reads, `"accuracy_interval": "[0.51, 0.59]"`, and the block `headline` only names the protocol whose numbers it
stands for. Readers need neither: `unpacked` gives every end back as a number, `read` what `headline` refers to as well.
Files in which ends and headline were still written out are read alike.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from classically_punk.foundation.writing import round_significant

_NUMBER = r"(-?\d[\d.]*(?:e[-+]?\d+)?)"
_INTERVAL = re.compile(rf"\[{_NUMBER}, {_NUMBER}\]")


def packed(content: Mapping[str, Any]) -> dict[str, Any]:
    """`content` in which each pair of numbers `x_low`, `x_high`, or `low`, `high`, is one string `x_interval`, or
    `interval`, at 6 significant digits. An end without its other stays as it is.
    """
    found: dict[str, Any] = {}
    for key, value in content.items():
        stem = _stem(key)
        if stem is not None and f"{stem}low" in content and f"{stem}high" in content:
            low, high = (round_significant(float(content[f"{stem}{end}"])) for end in ("low", "high"))
            found[f"{stem}interval"] = f"[{low!r}, {high!r}]"
        else:
            found[key] = packed(value) if isinstance(value, Mapping) else value
    return found


def unpacked(content: Mapping[str, Any]) -> dict[str, Any]:
    """The reverse of `packed`, to the 6 digits that were written."""
    found: dict[str, Any] = {}
    for key, value in content.items():
        ends = _INTERVAL.fullmatch(value) if isinstance(value, str) else None
        if ends is not None and (key == "interval" or key.endswith("_interval")):
            stem = key.removesuffix("interval")
            found[f"{stem}low"], found[f"{stem}high"] = map(float, ends.groups())
        else:
            found[key] = unpacked(value) if isinstance(value, Mapping) else value
    return found


def read(path: Path) -> dict[str, Any]:
    """A metrics file, unpacked; `headline` holds the numbers of its protocol. Raises OSError when it is not there."""
    content = unpacked(json.loads(path.read_text(encoding="utf-8")))
    headline = content.get("headline")
    if isinstance(headline, Mapping) and "protocol" in headline:
        content["headline"] = {**content.get(str(headline["protocol"]), {}), **headline}
    return content


def _stem(key: str) -> str | None:
    for end in ("low", "high"):
        if key == end or key.endswith(f"_{end}"):
            return key.removesuffix(end)
    return None
