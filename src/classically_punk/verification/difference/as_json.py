"""The difference for programs."""

import json
from dataclasses import asdict

from classically_punk.verification.difference.report import Difference


def as_json(found: Difference) -> str:
    """Every number as it was computed; what has no value is null. Keys are the names of the dataclasses' fields."""
    return json.dumps(asdict(found), indent=2, ensure_ascii=True, allow_nan=False) + "\n"
