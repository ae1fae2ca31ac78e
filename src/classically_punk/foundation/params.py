"""params.yaml as typed, checked objects: what each value may be, and an error that names the key when it is not."""

import difflib
from collections import Counter
from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from classically_punk.foundation.errors import SHOWN, PunkError, first_few, shortened
from classically_punk.foundation.reads import Readable
from classically_punk.foundation.yaml_reading import Document, read_yaml

PARAMS_FILE = Path("params.yaml")

# Every bound keeps what is computed from the value finite, and its memory bounded: tests/pipeline/test_bounds.py runs
# the work at both ends, and finds a number without bounds.
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=50)]
Names = Annotated[list[Name], Field(max_length=100)]
FileName = Annotated[str, Field(max_length=100)]
Line = Annotated[str, Field(min_length=1, max_length=300)]
Share = Annotated[float, Field(ge=0, le=1)]
Seed = Annotated[int, Field(ge=0, le=2**31 - 1)]  # scikit-learn takes 32 bits, and next seeds are tried
Price = Annotated[float, Field(ge=0, le=1e6)]
ColumnChoice = Literal["all", "components", "family_components", "vif_pruned", "forward"]
Grid = Annotated[list[Annotated[float, Field(ge=1e-6, le=1e6)]], Field(min_length=1, max_length=20)]

SECONDS_PER_HOP = 7
"""Of a clip, for each sample of `features.hop_length`: a worker then needs up to 6 GiB."""


RESERVED = {"raw": "data/raw holds the collections of all corpora, so none can be called `raw`"}
"""Names that a corpus cannot have, and why."""


class Section(Readable):
    """A block of params.yaml: unknown keys and repeated entries of lists are errors, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    @field_validator("*", mode="after")
    @classmethod
    def _no_entry_twice(cls, value: object) -> object:
        if isinstance(value, list):
            plain = [entry for entry in value if isinstance(entry, Hashable) and not isinstance(entry, BaseModel)]
            twice = [entry for entry, count in Counter(plain).items() if count > 1]
            if twice:
                raise ValueError(f"lists {twice[0]} twice; every entry stands once")
        return value


class Corpora(Section):
    """Which corpora the graph has, by how they come to us."""

    synthesised: Names
    audio: Names
    tables: Names
    all: Names
    reference: Names

    @model_validator(mode="after")
    def _consistent(self) -> "Corpora":
        both = set(self.audio) & set(self.tables)
        if both:
            raise ValueError(f"{sorted(both)} cannot be both an audio corpus and a table")
        if set(self.all) != set(self.audio) | set(self.tables):
            raise ValueError("`all` must list exactly the corpora of `audio` and `tables`")
        if not set(self.synthesised) <= set(self.audio):
            raise ValueError("a synthesised corpus must be listed under `audio` too")
        if not set(self.reference) <= set(self.all):
            raise ValueError("a corpus of `reference` must be listed under `all` too")
        return self


class Corpus(Section):
    """One collection. `annotations`: the name of a loader, such as `gtzan`, or of a file beside the archive, or null;
    `fewest_artists`: of a genre that stays, for a corpus that is a table."""

    title: Line
    expected_clips: Annotated[int, Field(gt=0, le=10**8)] | None
    archives: Annotated[list[FileName], Field(max_length=20)]
    clip_index: FileName | None
    annotations: FileName | None
    fewest_artists: Annotated[int, Field(ge=1, le=1000)] = 1


class Demo(Section):
    """The synthesised corpus; durations in s."""

    seed: Seed
    clips_per_genre: Annotated[int, Field(ge=2, le=1000)]
    artists_per_genre: Annotated[int, Field(ge=1, le=50)]
    shortest: Annotated[float, Field(ge=2, le=60)]
    longest: Annotated[float, Field(ge=2, le=60)]
    overlap: Share

    @model_validator(mode="after")
    def _consistent(self) -> "Demo":
        if self.longest < self.shortest:
            raise ValueError("`longest` must not be below `shortest`")
        return self


class Ingest(Section):
    """Limits and thresholds of the way from an archive to canonical clips; units in params.yaml."""

    shortest: Annotated[float, Field(ge=0.1, le=3600)]
    longest: Annotated[float, Field(gt=0, le=3600)]
    largest_member: Annotated[float, Field(gt=0, le=4096)]
    largest_archive: Annotated[float, Field(gt=0, le=16384)]
    most_members: Annotated[int, Field(gt=0, le=10**7)]
    silence: Annotated[float, Field(ge=-120, lt=0)]
    silent_share: Annotated[float, Field(gt=0, le=1)]
    clipped_share: Annotated[float, Field(gt=0, le=1)]
    dc_offset: Annotated[float, Field(gt=0, le=1)]
    replica_bit_error: Annotated[float, Field(gt=0, lt=0.5)]
    replica_overlap: Annotated[float, Field(ge=0.5, le=3600)]

    @model_validator(mode="after")
    def _consistent(self) -> "Ingest":
        if self.longest <= self.shortest:
            raise ValueError("`longest` must be above `shortest`")
        return self


class Features(Section):
    """Which sets of the catalogue are computed, and how; `window` and `window_hop` in s."""

    sets: Annotated[list[Name], Field(min_length=1, max_length=20)]
    n_fft: Literal[1024, 2048, 4096]
    hop_length: Annotated[int, Field(ge=64, le=4096)]
    window: Annotated[float, Field(ge=0.5, le=600)]
    window_hop: Annotated[float, Field(ge=0.1, le=600)]

    @model_validator(mode="after")
    def _consistent(self) -> "Features":
        if self.hop_length > self.n_fft // 2:
            raise ValueError(f"`hop_length` must be at most half of n_fft, here {self.n_fft // 2}")
        return self


class Clean(Section):
    """What becomes of the feature table before any model sees it."""

    feature_set: Name
    constant: Annotated[float, Field(ge=0, le=0.01)]
    replicas: Literal["keep", "first_only"]
    flagged: Literal["keep", "drop"]


class Folds(Section):
    """Number of folds of each protocol."""

    seed: Seed
    segment_random: Annotated[int, Field(ge=2, le=100)]
    strict: Annotated[int, Field(ge=2, le=100)]
    repeats: Annotated[int, Field(ge=1, le=100)]


class Inner(Section):
    """Folds inside every training part."""

    folds: Annotated[int, Field(ge=2, le=20)]
    seed: Seed


class Ols(Section):
    """What is done to columns inside training folds before the least-squares fits."""

    transform: Literal["none", "yeo_johnson", "normal_scores"]
    winsorise: Annotated[float, Field(ge=1, le=100)] | None
    columns: ColumnChoice
    rows_per_column: Annotated[float, Field(ge=1.1, le=1000)]
    vif_limit: Annotated[float, Field(gt=1, le=1e6)]


class RidgeGrid(Section):
    alpha: Grid


class LdaGrid(Section):
    shrinkage: Annotated[list[Share], Field(min_length=1, max_length=20)]


class LogisticGrid(Section):
    c: Grid


class NeighbourGrid(Section):
    neighbours: Annotated[list[Annotated[int, Field(ge=1, le=1000)]], Field(min_length=1, max_length=20)]


class SvmGrid(Section):
    c: Grid
    gamma: Grid


class ForestGrid(Section):
    trees: Annotated[int, Field(ge=1, le=2000)]
    smallest_leaf: Annotated[list[Annotated[int, Field(ge=1, le=1000)]], Field(min_length=1, max_length=20)]


class BoostingGrid(Section):
    learning_rate: Annotated[float, Field(ge=1e-6, le=1)]
    rounds: Annotated[list[Annotated[int, Field(ge=1, le=2000)]], Field(min_length=1, max_length=20)]
    leaves: Annotated[int, Field(ge=2, le=256)]
    bins: Annotated[int, Field(ge=2, le=255)]
    column_share: Annotated[float, Field(gt=0, le=1)]


class Comparators(Section):
    """The comparators' grids; each is searched inside the training folds."""

    seed: Seed
    partitions: Annotated[int, Field(ge=1, le=100)]
    search_rows: Annotated[int, Field(ge=50, le=10**6)]
    ridge: RidgeGrid
    lda: LdaGrid
    logistic: LogisticGrid
    knn: NeighbourGrid
    svm: SvmGrid
    forest: ForestGrid
    boosting: BoostingGrid


class Evaluate(Section):
    """Bootstrap over groups."""

    seed: Seed
    resamples: Annotated[int, Field(ge=100, le=100_000)]
    confidence: Annotated[float, Field(ge=0.5, le=0.999)]


class Diff(Section):
    """Two runs compared. equivalent : difference of shares within which both count as the same."""

    equivalent: Annotated[float, Field(ge=0, le=0.5)]


class LabelIssues(Section):
    """Labels made wrong on purpose, by which the search for wrong labels is judged."""

    seed: Seed
    planted_share: Annotated[float, Field(gt=0, le=0.5)]
    repeats: Annotated[int, Field(ge=2, le=1000)]


class Lengths(Section):
    """Cuts of several lengths, and what regressions are fitted to beside clips. seconds : of cuts; altered : names of
    alterations; clips_per_genre : that are cut; altered_per_genre : of these, how many are altered"""

    seed: Seed
    seconds: Annotated[list[Annotated[float, Field(ge=0.5, le=3600)]], Field(min_length=1, max_length=20)]
    clips_per_genre: Annotated[int, Field(ge=2, le=10000)]
    altered: Annotated[list[FileName], Field(max_length=50)]
    altered_per_genre: Annotated[int, Field(ge=1, le=10000)]


class Pair(Section):
    """Two corpora: all clips of `fit` are fitted to, strangers among those of `test` asked about."""

    fit: Name
    test: Name


class External(Section):
    """Music from elsewhere; a pair is called FIT-TEST."""

    pairs: Annotated[dict[Annotated[str, Field(max_length=101)], Pair], Field(max_length=100)]

    @model_validator(mode="after")
    def _consistent(self) -> "External":
        for name, pair in self.pairs.items():
            if name != f"{pair.fit}-{pair.test}":
                raise ValueError(
                    f"`pairs` calls {pair.fit} and {pair.test} {name}; call the pair {pair.fit}-{pair.test}"
                )
            if pair.fit == pair.test:
                raise ValueError(f"`pairs` asks {pair.fit} about itself; its own protocols do that")
        return self


class Robustness(Section):
    """How many clips are altered."""

    clips_per_genre: Annotated[int, Field(ge=1, le=10000)]
    seed: Seed


class Explore(Section):
    """What is shown of the corpus itself."""

    seed: Seed
    columns: Annotated[int, Field(ge=1, le=50)]
    resamples: Annotated[int, Field(ge=20, le=100_000)]
    perplexity: Annotated[float, Field(ge=2, le=500)]


class CostOfPair(Section):
    """What it costs to take `actual` for `predicted`, and why."""

    actual: Line
    predicted: Line
    cost: Price
    why: Line


class Costs(Section):
    """What errors cost, in units of a plain wrong genre."""

    wrong: Annotated[float, Field(ge=1e-3, le=1e6)]
    abstain: Price
    person_error: Share
    pairs: Annotated[list[CostOfPair], Field(max_length=1000)]
    target_accuracy: Annotated[float, Field(gt=0, le=1)]

    @model_validator(mode="after")
    def _consistent(self) -> "Costs":
        listed = [(pair.actual, pair.predicted) for pair in self.pairs]
        twice = [pair for pair in listed if listed.count(pair) > 1]
        if twice:
            raise ValueError(f"`pairs` lists {twice[0][0]} taken for {twice[0][1]} twice")
        same = [actual for actual, predicted in listed if actual == predicted]
        if same:
            raise ValueError(f"`pairs` lists {same[0]} taken for {same[0]}, which is no error")
        return self


class Params(Section):
    """The whole of params.yaml."""

    corpora: Corpora
    corpus: dict[Name, Corpus]
    demo: Demo
    ingest: Ingest
    features: Features
    clean: Clean
    folds: Folds
    inner: Inner
    ols: Ols
    comparators: Comparators
    evaluate: Evaluate
    diff: Diff
    label_issues: LabelIssues
    lengths: Lengths
    external: External
    costs: Costs
    robustness: Robustness
    explore: Explore

    @model_validator(mode="after")
    def _consistent(self) -> "Params":
        undefined = [name for name in self.corpora.all if name not in self.corpus]
        if undefined:
            known = ", ".join(sorted(self.corpus))
            hint = near_name(undefined[0], self.corpus)
            raise ValueError(f"corpora names {undefined}, which `corpus` does not define; {hint}it defines {known}")
        for name in (*self.corpora.all, *self.corpus):
            if name in RESERVED:
                raise ValueError(f"corpus.{name}: {RESERVED[name]}; give the corpus another name")
        for name in self.corpora.audio:
            if self.corpus[name].fewest_artists > 1:
                raise ValueError(f"corpus.{name}.fewest_artists is for corpora that are tables; leave it out")
        for name, pair in self.external.pairs.items():
            for corpus in (pair.fit, pair.test):
                if corpus not in self.corpora.audio:
                    known = ", ".join(self.corpora.audio)
                    raise ValueError(
                        f"external.pairs.{name}: {corpus} is no corpus of `corpora.audio`, which lists {known}; "
                        "without audio nobody can say whether two clips are one recording"
                    )
        longest = SECONDS_PER_HOP * self.features.hop_length
        if self.ingest.longest > longest:
            raise ValueError(
                f"ingest.longest is at most {longest} s with features.hop_length {self.features.hop_length}: a worker "
                "would need too much memory; lower the one or raise the other"
            )
        if self.clean.feature_set not in self.features.sets:
            raise ValueError(
                f"clean.feature_set is {self.clean.feature_set}, which features.sets {self.features.sets} leaves out"
            )
        return self


def read_params(path: Path = PARAMS_FILE) -> Params:
    """params.yaml, checked as a whole. Raises PunkError that names every wrong key and what is allowed there."""
    try:
        document = read_yaml(path)
    except FileNotFoundError as error:
        raise PunkError(f"{path}: no such file; run from the folder that holds dvc.yaml") from error
    if not isinstance(document.content, dict):
        raise PunkError(f"{path}: expected a mapping of sections, found {type(document.content).__name__}")
    try:
        return Params.model_validate(document.content)
    except ValidationError as error:
        count = error.error_count()
        faults = [_fault(dict(fault), document) for fault in error.errors(include_url=False)[:SHOWN]]
        raise PunkError(f"{path}: {count} value(s) cannot be used{first_few(faults, count)}") from error


def require_corpus(params: Params, corpus: str, *, among: str) -> Corpus:
    """The description of `corpus`. among : one of the lists of `corpora`. Raises PunkError when it does not list it."""
    names: list[str] = getattr(params.corpora, among)
    if corpus not in names:
        hint = f"; {near_name(corpus, names)}".rstrip("; ")
        raise PunkError(f"corpus {corpus!r}: corpora.{among} in params.yaml lists {', '.join(names)}{hint}")
    return params.corpus[corpus]


def near_name(name: str, known: Iterable[str]) -> str:
    """`did you mean X? `, with the space behind it, where a name of `known` is like `name`; else nothing."""
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean {near[0]}? " if near else ""


def _fault(fault: dict[str, Any], document: Document) -> str:
    """One line for the user: where, the key, what was found, what is allowed."""
    location = [str(part) for part in fault["loc"]]
    line = document.line_of(fault["loc"])
    key = (f"line {line}: " if line is not None else "") + (shortened(".".join(location), 120) or "params")
    if fault["type"] == "extra_forbidden":
        allowed = _allowed_keys(location[:-1])
        return f"{key}: unknown parameter; {near_name(location[-1], allowed)}allowed here: {', '.join(allowed)}"
    if fault["type"] == "missing":
        return f"{key}: missing; it must be given"
    message = str(fault["msg"]).removeprefix("Value error, ")
    found = f", found {shortened(repr(fault['input']))}" if len(location) > 1 else ""
    return f"{key}: {shortened(message, 300)}{found}"


def _allowed_keys(location: list[str]) -> list[str]:
    model: type[BaseModel] = Params
    for part in location:
        if part in model.model_fields:
            annotation = model.model_fields[part].annotation
            within = (annotation, *get_args(annotation))  # a section, or a list or mapping of sections
            model = next((kind for kind in within if isinstance(kind, type) and issubclass(kind, BaseModel)), model)
    return sorted(model.model_fields)
