"""What a model says of itself: `GET /v1/model`, and what a page says of who speaks."""

from typing import Any

from classically_punk.bundle.reading import Loaded
from classically_punk.contracts.policies import DEFAULT_POLICY


def card(loaded: Loaded) -> dict[str, Any]:
    """Name, genres, what it was worth and where, its licence and its checksum; of its columns only their names."""
    content, stamp = loaded.content, loaded.bundle.stamp
    return {
        "name": content.name,
        "title": content.title,
        "synthetic": content.synthetic,
        "genres": list(content.genres),
        "columns": [column.column for column in content.columns],
        "lengths": [each.model_dump() for each in content.lengths],
        "scores": [each.model_dump() for each in content.scores],
        "elsewhere": [each.model_dump() for each in content.elsewhere],
        "warnings": list(content.warnings),
        "licence": content.licence,
        "policy": DEFAULT_POLICY,
        "costs": content.costs.model_dump(),
        "clips": dict(content.training.clips),
        "sha256": loaded.bundle.sha256,
        "stamp": None if stamp is None else stamp.model_dump(),
    }
