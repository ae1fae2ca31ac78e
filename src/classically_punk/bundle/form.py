"""What a bundle holds, checked when one is read: types, bounds, and that its parts fit together.

A bundle may come from anywhere. It is JSON, it names columns that this release knows how to compute and no code, and
its numbers are finite; what does not fit is refused by name.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from classically_punk.contracts.families import Family, Over

FORMAT = 1
"""Raised when an older reader would misread a bundle."""

Name = Annotated[str, Field(min_length=1, max_length=200)]
Text = Annotated[str, Field(max_length=2000)]
Share = Annotated[float, Field(ge=0, le=1)]
Real = Annotated[float, Field(allow_inf_nan=False)]
Rule = Literal["ols", "optimal_scoring"]
FittedTo = Literal["clips", "windows", "both", "altered", "cuts"]


class Part(BaseModel):
    """A part of a bundle: nothing unknown, nothing infinite, not changed after it was read."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Extraction(Part):
    """How clips are described: samples per frame and between frames; windows and what lies between them, in s."""

    n_fft: Annotated[int, Field(ge=256, le=65536)]
    hop_length: Annotated[int, Field(ge=64, le=65536)]
    window: Annotated[float, Field(gt=0, le=3600)]
    window_hop: Annotated[float, Field(gt=0, le=3600)]


class Quality(Part):
    """From where on a clip counts as silent, clipped or off zero: the parameters of `ingest`."""

    silence: Annotated[float, Field(ge=-200, le=0)]
    silent_share: Share
    clipped_share: Share
    dc_offset: Share


class BundledColumn(Part):
    """One column: how it comes about, what a reader is told of it, and how it lies in the training music.

    quantiles : of the whole training clips, from the smallest to the largest value, evenly spaced
    """

    column: Name
    over: Over
    function: Annotated[str, Field(pattern=r"^[a-z_]+:[a-z_]+$", max_length=80)]
    output: Annotated[int, Field(ge=0, le=10_000)]
    statistic: Annotated[str, Field(max_length=40)]
    family: Family
    version: Annotated[int, Field(ge=1, le=10_000)]
    unit: Annotated[str, Field(max_length=40)]
    title: Name
    sentence: Text
    source: Text
    quantiles: Annotated[list[Real], Field(min_length=2, max_length=1001)]


class Fit(Part):
    """Regressions on one kind of training rows. regression, optimal_scoring : as the models write themselves;
    novelty : quantiles of how far training rows lie from the others, h / (1 - h) of their leverage h"""

    fitted_to: FittedTo
    n_rows: Annotated[int, Field(ge=1)]
    regression: dict[str, Any]
    optimal_scoring: dict[str, Any]
    novelty: Annotated[list[Annotated[float, Field(ge=0)]], Field(min_length=2, max_length=1001)]


class Measured(Part):
    """A share with its interval, and what it rests on."""

    value: Share
    low: Share | None
    high: Share | None
    n: Annotated[int, Field(ge=0)]
    n_groups: Annotated[int, Field(ge=0)] | None = None


class AtThreshold(Part):
    """Of the held-out clips, the share whose largest probability is `threshold` or more, and how many of these are
    right; None where there is none."""

    threshold: Share
    coverage: Share
    accuracy: Share | None
    n: Annotated[int, Field(ge=0)]


class AtLength(Part):
    """What answers for clips of one length, in s, and what it was worth on held-out clips of that length.

    fitted_to, rule, asked : the regressions, their decision rule, and whether the clip is asked about as a whole or by
                             the mean of its windows
    inverse_temperature    : what scores are multiplied by before the softmax
    protocol : that kept held-out clips apart; answered : accuracy of what is answered under the expected cost, None
               where nothing is; coverage : its share
    calibration_error : expected, debiased; None where there are too few clips
    """

    length: Annotated[float, Field(gt=0, le=3600)]
    fitted_to: FittedTo
    rule: Rule
    asked: Literal["whole", "windows"]
    inverse_temperature: Annotated[float, Field(gt=0, le=1e6)]
    protocol: Name
    accuracy: Measured
    coverage: Share
    answered: Measured | None
    calibration_error: Annotated[float, Field(ge=0)] | None
    thresholds: Annotated[list[AtThreshold], Field(max_length=1000)]


class Costs(Part):
    """In units of a plain error. leave : of leaving a clip to a person; matrix : of taking the first genre for the
    second, shape (n_genres, n_genres)"""

    leave: Annotated[float, Field(ge=0)]
    matrix: list[list[Annotated[float, Field(ge=0)]]]


class Score(Part):
    """Accuracy of the regression of whole clips under a protocol, or on another collection."""

    name: Name
    sentence: Text
    accuracy: Measured


class Training(Part):
    """The training music as numbers. clips : how many of each genre; axes, centre : principal axes of the standardised
    columns and the mean along them; rows : the training clips along these axes"""

    clips: dict[Name, Annotated[int, Field(ge=0)]]
    rows: list[list[Real]]
    axes: list[list[Real]]


class Critical(Part):
    """What statistics of a batch must exceed to say that music has moved, where the smaller of training and batch is
    `share` of both. columns : largest scaled Kolmogorov-Smirnov distance; kernel : kernel statistic; genres, unsure :
    chi-squares; see `two_samples`"""

    share: Annotated[float, Field(gt=0, le=0.5)]
    columns: Annotated[float, Field(gt=0)]
    kernel: Annotated[float, Field(gt=0)]
    genres: Annotated[float, Field(ge=0)]
    unsure: Annotated[float, Field(ge=0)]


class Stability(Part):
    """How far stable music moves, found by parting the training groups at random; see `stability`.

    level : share of stable batches that exceed any line; splits : partings; n_groups : what was parted, mostly artists
    predicted : of the training clips, how many a model that had not heard their group took for each genre
    unsure : how many of them it would not have answered; critical : lines, by rising share
    """

    level: Annotated[float, Field(gt=0, lt=1)]
    splits: Annotated[int, Field(ge=1)]
    n_groups: Annotated[int, Field(ge=2)]
    predicted: dict[Name, Annotated[int, Field(ge=0)]]
    unsure: Annotated[int, Field(ge=0)]
    critical: Annotated[list[Critical], Field(min_length=1, max_length=50)]


class Provenance(Part):
    """Hashes (SHA-256) of what the bundle was made from, and the parameters that made it."""

    corpus: Name
    table: Name
    requirements: Name
    params: dict[str, Any]


class Content(Part):
    """Everything under the hash."""

    name: Name
    title: Name
    synthetic: bool
    genres: Annotated[list[Name], Field(min_length=2, max_length=1000)]
    extraction: Extraction
    quality: Quality
    columns: Annotated[list[BundledColumn], Field(min_length=1, max_length=20_000)]
    fits: Annotated[list[Fit], Field(min_length=1, max_length=10)]
    lengths: Annotated[list[AtLength], Field(min_length=1, max_length=50)]
    costs: Costs
    training: Training
    stability: Stability | None = None
    scores: list[Score]
    elsewhere: list[Score]
    warnings: list[Text]
    licence: Text
    provenance: Provenance

    @model_validator(mode="after")
    def _consistent(self) -> "Content":
        if self.genres != sorted(set(self.genres)):
            raise ValueError("`genres` must be sorted, each once")
        fits = {fit.fitted_to for fit in self.fits}
        missing = [each.fitted_to for each in self.lengths if each.fitted_to not in fits]
        if missing:
            raise ValueError(f"`lengths` asks for a fit to {missing[0]}, which `fits` has not")
        if [each.length for each in self.lengths] != sorted({each.length for each in self.lengths}):
            raise ValueError("`lengths` must rise")
        require_shape("costs.matrix", self.costs.matrix, len(self.genres), len(self.genres))
        names = [column.column for column in self.columns]
        if len(set(names)) != len(names):
            raise ValueError("`columns` lists a column twice")
        require_shape("training.axes", self.training.axes, len(self.training.axes), len(names))
        self._require_stability()
        require_shape("training.rows", self.training.rows, len(self.training.rows), len(self.training.axes))
        return self

    def _require_stability(self) -> None:
        found = self.stability
        if found is None:
            return
        if sorted(found.predicted) != self.genres or not 0 <= found.unsure <= sum(found.predicted.values()):
            raise ValueError(
                "`stability` must count a prediction of each genre, and no more unsure ones than there are"
            )
        if [each.share for each in found.critical] != sorted({each.share for each in found.critical}):
            raise ValueError("`stability.critical` must rise by share")


class Stamp(Part):
    """What a bundle was exported from, outside the hash. dirty : with changes that no commit holds"""

    git_commit: Annotated[str, Field(pattern=r"^[0-9a-f]{40,64}$")]
    dirty: bool


class Bundle(Part):
    """A bundle as it stands in its file. sha256 : of `content`, as `reading.content_hash` writes it"""

    format: Literal[1]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    stamp: Stamp | None
    content: Content


def require_shape(name: str, rows: Sequence[Sequence[float]], n_rows: int, n_columns: int) -> None:
    """Raises ValueError unless there are `n_rows` rows of `n_columns` numbers each."""
    if len(rows) != n_rows or any(len(row) != n_columns for row in rows):
        raise ValueError(f"`{name}` must have {n_rows} rows of {n_columns} numbers")
