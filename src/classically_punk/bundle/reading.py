"""A bundle from its file and back: size, JSON, checksum, form, and that this release computes its columns."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from classically_punk.bundle.form import FORMAT, Bundle, Content, Stamp
from classically_punk.catalogue.sets import SETS, recipe
from classically_punk.contracts.recipe import Step
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.writing import atomic_path
from classically_punk.models.optimal_scoring import OptimalScoring
from classically_punk.models.regression import GenreRegression

DEFAULT = Path("models/gtzan_mini/bundle.json")
"""What answers where no other bundle is named: it is committed, so that a fresh clone answers."""

LARGEST = 64 * 2**20
"""Bytes of a bundle file; a larger one is refused unread."""


@dataclass(frozen=True)
class FittedPair:
    """The regressions of one kind of training rows, by both decision rules."""

    regression: GenreRegression
    optimal_scoring: OptimalScoring


@dataclass(frozen=True)
class Loaded:
    """A bundle that was read: its form, and the models in it, by what they were fitted to."""

    bundle: Bundle
    fits: dict[str, FittedPair]

    @property
    def content(self) -> Content:
        return self.bundle.content

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """How each column comes about, in order."""
        return tuple(
            Step(each.column, each.over, each.function, each.output, each.statistic, each.family, each.version)
            for each in self.content.columns
        )


def content_hash(content: dict[str, Any]) -> str:
    """SHA-256 of the content with sorted keys and no spaces, in UTF-8."""
    return hashlib.sha256(_canonical(content).encode("utf-8")).hexdigest()


def write_bundle(content: dict[str, Any], path: Path, stamp: Stamp | None = None) -> None:
    """Writes a bundle: the same content is the same bytes. Raises ValidationError on content that has not the form."""
    Content.model_validate(content)
    whole = {
        "format": FORMAT,
        "sha256": content_hash(content),
        "stamp": None if stamp is None else stamp.model_dump(),
        "content": content,
    }
    lines = ",\n".join(f'"{key}":{_canonical(value)}' for key, value in whole.items() if key != "content")
    parts = ",\n".join(f'"{key}":{_canonical(content[key])}' for key in sorted(content))
    with atomic_path(path) as temporary:
        temporary.write_text(f'{{{lines},\n"content":{{\n{parts}\n}}}}\n', encoding="utf-8")


def read_bundle(path: Path) -> Loaded:
    """The bundle in a file. Raises PunkError, naming the file and what is wrong, when it cannot be used here."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise PunkError(f"{path}: cannot be read ({error.strerror}); `dvc repro bundle@CORPUS` makes one") from error
    if len(data) > LARGEST:
        raise PunkError(f"{path}: larger than {LARGEST // 2**20} MiB; no bundle is")
    return parse_bundle(data, str(path))


def parse_bundle(data: bytes, name: str) -> Loaded:
    """As `read_bundle`, of a file's content. name : serves messages only."""
    try:
        found = json.loads(data, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise PunkError(f"{name}: no JSON ({str(error)[:200]}); `dvc repro bundle@CORPUS` makes a bundle") from error
    if not isinstance(found, dict) or not isinstance(found.get("content"), dict):
        raise PunkError(f"{name}: no bundle of this project")
    if found.get("format") != FORMAT:
        raise PunkError(
            f"{name}: format {str(found.get('format'))[:20]} found, {FORMAT} expected: use the release that made it, "
            "or make it anew with `dvc repro bundle@CORPUS`"
        )
    try:
        checksum = content_hash(found["content"])
    except (ValueError, RecursionError) as error:
        raise PunkError(
            f"{name}: it holds a number without end; make it anew with `dvc repro bundle@CORPUS`"
        ) from error
    if checksum != found.get("sha256"):
        raise PunkError(f"{name}: its content is not what its checksum says: it was changed or cut; fetch it again")
    try:
        bundle = Bundle.model_validate(found)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])[:120]
        raise PunkError(
            f"{name}: {place}: {first['msg'][:300]}; make it anew with `dvc repro bundle@CORPUS`"
        ) from error
    loaded = Loaded(bundle, _models(bundle.content, name))
    _require_known(loaded.steps, name)
    return loaded


def _models(content: Content, name: str) -> dict[str, FittedPair]:
    columns = tuple(column.column for column in content.columns)
    found: dict[str, FittedPair] = {}
    for fit in content.fits:
        try:
            regression = GenreRegression.from_json(fit.regression)
            rule = OptimalScoring.from_json(fit.optimal_scoring, regression)
            n, p = len(content.genres), len(columns)
            if regression.genres != tuple(content.genres) or regression.columns != columns:
                raise ValueError("its genres or columns are not the bundle's")
            if regression.intercepts.shape != (n,) or regression.reduction.weights.shape != (
                p,
                len(regression.reduction.names),
            ):
                raise ValueError("its numbers have not the shape that its genres and columns ask for")
            if rule.rule.offsets.shape != (n,) or rule.rule.weights.shape != (n, n) or regression.spread is None:
                raise ValueError("its decision rule has not the shape that its genres ask for")
        except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            raise PunkError(f"{name}: fits: {fit.fitted_to}: {str(error)[:200]}; make the bundle anew") from error
        found[fit.fitted_to] = FittedPair(regression, rule)
    return found


def _require_known(steps: tuple[Step, ...], name: str) -> None:
    """Raises PunkError unless this release computes every column, and means the same by it."""
    known = {step.column: step for step in recipe(list(SETS)).steps}
    for step in steps:
        if known.get(step.column) != step:
            raise PunkError(
                f"{name}: column {step.column}, version {step.version}: this release does not compute it; use the "
                "release that made the bundle, or make it anew with `dvc repro bundle@CORPUS`"
            )


def _canonical(content: Any) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no number")
