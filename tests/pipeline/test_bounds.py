"""Parameters at the ends of what params.yaml may say: the work goes through there, and beyond they are refused."""

import copy
import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from classically_punk.audio.canonical import SAMPLE_RATE, write_canonical
from classically_punk.contracts.classifier import Training
from classically_punk.corpora.collect import collect
from classically_punk.corpora.demo.plan import members
from classically_punk.decisions.abstention import Answers, coverage_table, reach_target
from classically_punk.decisions.costs import cost_curve, cost_matrix, policy_table, sensitivity_table
from classically_punk.diagnostics.label_issues import searched_rows
from classically_punk.diagnostics.planted_labels import search_by_planting
from classically_punk.exploration.clusters import find_clusters
from classically_punk.exploration.maps import neighbour_map
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.params import Params, read_params
from classically_punk.models.comparators import comparator_suite
from classically_punk.models.ols import fit_regression
from classically_punk.scoring.bootstrap import group_weights
from classically_punk.validation.grouping import grouped_folds

SHIPPED = Path(__file__).resolve().parents[2] / "params.yaml"
CONTENT = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
SCHEMA = Params.model_json_schema()
LARGEST_SEED = 2**31 - 1


def params(**sections: Mapping[str, Any]) -> Params:
    """The shipped parameters with some values changed, checked."""
    content = copy.deepcopy(CONTENT)
    for section, values in sections.items():
        content[section].update(values)
    return Params.model_validate(content)


def described(schema: Mapping[str, Any], place: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every value that params.yaml may hold and what the model says of it; `.*` for entries of lists and mappings."""
    if "$ref" in schema:
        yield from described(SCHEMA["$defs"][schema["$ref"].rsplit("/", 1)[1]], place)
    elif "anyOf" in schema:
        for each in schema["anyOf"]:
            yield from described(each, place)
    elif "properties" in schema:
        for name, each in schema["properties"].items():
            yield from described(each, f"{place}.{name}".lstrip("."))
    else:
        yield place, schema
        for inner in ("items", "additionalProperties"):
            if isinstance(schema.get(inner), dict):
                yield from described(schema[inner], f"{place}.*")


FIELDS = list(described(SCHEMA))


def test_every_number_has_two_bounds_and_every_list_and_text_a_longest() -> None:
    """A value without a bound passes the check and fails, or never ends, in the work. Entries of a list stand once, so
    a list of named choices needs no longest."""
    assert len(FIELDS) > 60
    for place, found in FIELDS:
        if "enum" in found or "enum" in found.get("items", {}) or found["type"] in ("null", "object"):
            continue
        if found["type"] in ("number", "integer"):
            assert {"minimum", "exclusiveMinimum"} & set(found), place
            assert {"maximum", "exclusiveMaximum"} & set(found), place
        else:
            assert {"array": "maxItems", "string": "maxLength"}[found["type"]] in found, place


def numbers() -> Iterator[tuple[str, float]]:
    """Each number of the model with a value beyond each of its bounds, and with what is no number."""
    for place, found in FIELDS:
        if found["type"] not in ("number", "integer") or "enum" in found or place.startswith("corpus."):
            continue
        low = found.get("minimum", found.get("exclusiveMinimum"))
        high = found.get("maximum", found.get("exclusiveMaximum"))
        if found["type"] == "integer":
            yield from ((place, low - 1), (place, high + 1), (place, 10**17))
        else:
            below = low if "exclusiveMinimum" in found else np.nextafter(low, -np.inf)
            above = high if "exclusiveMaximum" in found else np.nextafter(high, np.inf)
            yield from ((place, float(each)) for each in (below, above, 1e308, np.inf, np.nan))


def test_beyond_every_bound_the_key_and_the_bound_are_named(tmp_path: Path) -> None:
    tried = 0
    for place, value in numbers():
        content = copy.deepcopy(CONTENT)
        *parents, last = place.removesuffix(".*").split(".")
        holder = content
        for name in parents:
            holder = holder[0] if name == "*" else holder[name]
        holder[last] = [value] if place.endswith(".*") else value
        with pytest.raises(Exception, match=r"(less|greater) than|finite number") as caught:
            Params.model_validate(content)
        named = str(caught.value).splitlines()[1].split(".")
        assert [part for part in named if not part.isdigit()] == [part for part in place.split(".") if part != "*"]
        tried += 1
    assert tried > 150
    costs = SHIPPED.read_text(encoding="utf-8").replace("abstain: 0.3 ", "abstain: 1e308 ")
    (tmp_path / "params.yaml").write_text(costs, encoding="utf-8")
    with pytest.raises(
        PunkError, match=r"costs\.abstain: Input should be less than or equal to 1000000, found 1e\+308"
    ):
        read_params(tmp_path / "params.yaml")


def test_a_clip_of_more_frames_than_fit_into_memory_is_refused_beforehand() -> None:
    params(features={"hop_length": 64}, ingest={"longest": 448.0})
    with pytest.raises(ValueError, match=r"ingest\.longest is at most 448 s with features\.hop_length 64"):
        params(features={"hop_length": 64}, ingest={"longest": 449.0})


@pytest.fixture
def training(rng: np.random.Generator) -> Training:
    """90 rows of 3 genres, 6 columns, 30 groups."""
    labels = np.array([("blues", "jazz", "rock")[k % 3] for k in range(90)], dtype=object)
    values = rng.normal(size=(90, 6)) + (np.arange(90) % 3)[:, None]
    return Training(
        values, labels, np.array([f"g{k // 3}" for k in range(90)], dtype=object), ("blues", "jazz", "rock")
    )


@pytest.mark.parametrize(
    ("name", "grid"),
    [
        *(("ridge", {"alpha": [alpha]}) for alpha in (1e-6, 1e6)),
        *(("lda", {"shrinkage": [share]}) for share in (0.0, 1.0)),
        *(("logistic", {"c": [c]}) for c in (1e-6, 1e6)),
        *(("knn", {"neighbours": [count]}) for count in (1, 1000)),
        *(("svm", {"c": [c], "gamma": [gamma]}) for c in (1e-6, 1e6) for gamma in (1e-6, 1e6)),
        *(("forest", {"trees": 1, "smallest_leaf": [rows]}) for rows in (1, 1000)),
        ("boosting", {"learning_rate": 1e-6, "rounds": [1], "leaves": 2, "bins": 2, "column_share": 5e-324}),
        ("boosting", {"learning_rate": 1.0, "rounds": [5], "leaves": 256, "bins": 255, "column_share": 1.0}),
    ],
)
def test_comparators_at_both_ends(name: str, grid: dict[str, Any], training: Training) -> None:
    found = params(comparators={name: grid, "seed": LARGEST_SEED, "search_rows": 50})
    fitted = comparator_suite(found.comparators, found.ols, found.inner, only=name)(training)[name]
    assert np.isfinite(fitted.scores(training.values)).all()
    assert 0 < fitted.inverse_temperature < np.inf


@pytest.mark.parametrize("columns", ["all", "components", "family_components", "vif_pruned", "forward"])
def test_regressions_at_both_ends(columns: str, training: Training) -> None:
    names = tuple(f"column{j}" for j in range(6))
    families = dict.fromkeys(names[:3], "timbre") | dict.fromkeys(names[3:], "rhythm")
    inner = params(inner={"folds": 20, "seed": LARGEST_SEED}).inner
    for winsorise, rows, vif in itertools.product((1.0, 100.0), (1.1, 1000.0), (np.nextafter(1.0, 2.0), 1e6)):
        changed = {"columns": columns, "winsorise": winsorise, "rows_per_column": rows, "vif_limit": float(vif)}
        fitted = fit_regression(training, names, families, params(ols=changed).ols, inner)
        assert np.isfinite(fitted.scores(training.values)).all()


def test_the_largest_seed_leaves_room_for_those_that_are_tried_after_it(rng: np.random.Generator) -> None:
    """scikit-learn refuses seeds of 2**32 and more; the artists here allow no split, so that all seeds are tried."""
    labels, groups = pd.Series(["blues", "jazz"] * 10), pd.Series(["one", "other"] * 10)
    assert grouped_folds(labels, groups, 2, LARGEST_SEED) is None
    points = rng.normal(size=(40, 3))
    assert len(find_clusters(points, 3, LARGEST_SEED)) == 3
    for perplexity in (2.0, 500.0):
        assert np.isfinite(neighbour_map(points, perplexity, LARGEST_SEED)).all()


@pytest.mark.parametrize("wrong", [1e-3, 1e6])
@pytest.mark.parametrize("abstain", [0.0, 1e6])
@pytest.mark.parametrize("person_error", [0.0, 1.0])
@pytest.mark.parametrize("confidence", [0.5, 0.999])
def test_costs_at_both_ends_stay_finite(
    wrong: float, abstain: float, person_error: float, confidence: float, rng: np.random.Generator
) -> None:
    pairs = [
        {"actual": "blues", "predicted": "jazz", "cost": 1e6, "why": "x"},
        {"actual": "jazz", "predicted": "rock", "cost": 0.0, "why": "x"},
    ]
    priced = {"wrong": wrong, "abstain": abstain, "person_error": person_error, "pairs": pairs}
    found = params(costs=priced, evaluate={"confidence": confidence})
    shares = rng.dirichlet(np.ones(3), size=60)
    genres = ("blues", "jazz", "rock")
    answers = Answers(
        genres=genres,
        probabilities=shares,
        actual=rng.integers(0, 3, 60),
        predicted=shares.argmax(axis=1),
        folds=np.arange(60) % 3,
        groups=tuple(f"g{k:02d}" for k in range(20)),
        group_of=np.arange(60) % 20,
        leverage=None,
    )
    weights = group_weights(answers.units, 100, np.random.default_rng(0))
    prices = found.costs
    costs = cost_matrix(genres, prices.wrong, prices.abstain, prices.pairs, person_error=prices.person_error)
    level = found.evaluate.confidence
    for table in (
        cost_curve(answers, costs, weights, level),
        policy_table(answers, costs, weights, level),
        sensitivity_table(answers, costs, weights, level),
        coverage_table(answers, weights, level),
    ):
        numbers = table.select_dtypes("number").drop(columns=["accuracy", "low", "high", "threshold"], errors="ignore")
        assert np.isfinite(numbers.to_numpy(dtype=float)).all()
        assert not np.isinf(table.select_dtypes("number").to_numpy(dtype=float)).any()
    for target in (5e-324, 1.0):
        reached = reach_target(answers, target, weights, level)
        assert 0 <= reached.coverage <= 1


@pytest.mark.parametrize(
    "changed",
    [
        {"shortest": 0.1, "longest": 3584.0, "largest_member": 4096.0, "largest_archive": 16384.0},
        {"silence": -120.0, "silent_share": 1.0, "clipped_share": 1.0, "dc_offset": 1.0, "most_members": 10**7},
        {"clipped_share": 5e-324, "dc_offset": 5e-324},
        {"replica_bit_error": float(np.nextafter(0.5, 0)), "replica_overlap": 0.5},
        {"replica_bit_error": 5e-324, "replica_overlap": 3600.0},
    ],
)
def test_ingest_at_both_ends(changed: dict[str, float], tmp_path: Path, rng: np.random.Generator) -> None:
    settings = params(ingest=changed).ingest
    rock = tmp_path / "raw" / "music" / "rock"
    rock.mkdir(parents=True)
    for number in range(2):
        write_canonical(rng.integers(-9000, 9000, 2 * SAMPLE_RATE).astype(np.int16), rock / f"{number}.wav")
    found = collect(tmp_path / "raw", tmp_path / "audio", settings).clips
    assert list(found["status"].isin(["ok", "flagged"])) == [True, True]


@pytest.mark.parametrize(
    "changed",
    [
        {"shortest": 5e-324, "longest": 5e-323},
        {"silence": -5e-324, "silent_share": 5e-324},
        {"largest_member": 5e-324},
        {"largest_archive": 5e-324},
        {"most_members": 1},
    ],
)
def test_limits_that_leave_nothing_say_so(changed: dict[str, float], tmp_path: Path, rng: np.random.Generator) -> None:
    if "shortest" in changed:
        with pytest.raises(ValueError, match="shortest"):
            params(ingest=changed)
        return
    rock = tmp_path / "raw" / "music" / "rock"
    rock.mkdir(parents=True)
    for number in range(2):
        write_canonical(rng.integers(-9000, 9000, 2 * SAMPLE_RATE).astype(np.int16), rock / f"{number}.wav")
    with pytest.raises(PunkError, match=r"none of 2 clips can be used|ingest\.(largest_archive|most_members)"):
        collect(tmp_path / "raw", tmp_path / "audio", params(ingest=changed).ingest)


@pytest.mark.parametrize(("clips", "artists"), [(2, 1), (2, 50), (1000, 50)])
def test_the_demonstration_corpus_can_be_planned_at_both_ends(clips: int, artists: int) -> None:
    settings = params(demo={"clips_per_genre": clips, "artists_per_genre": artists, "seed": LARGEST_SEED}).demo
    listed = members(settings)
    assert len({member.path for member in listed}) == len(listed) > 10 * clips
    assert {member.take.artist for member in listed} <= set(range(artists))


@pytest.mark.parametrize("planted_share", [5e-324, 0.5])
@pytest.mark.parametrize("seed", [0, LARGEST_SEED])
def test_wrong_labels_are_planted_at_both_ends(planted_share: float, seed: int, training: Training) -> None:
    found = params(label_issues={"planted_share": planted_share, "repeats": 2, "seed": seed}).label_issues
    rows = searched_rows([f"c{k}" for k in range(90)], training.labels, training.groups, training.values)
    table = pd.DataFrame(search_by_planting(rows, found, 0.95))
    assert table["value"].between(0, 1).all()
    assert set(table["n_wrong"]) == {1 if planted_share < 0.5 else 45}
