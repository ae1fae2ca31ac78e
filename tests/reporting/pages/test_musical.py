"""What coefficients say in words: only what differs from nothing after Holm's adjustment, and with its sign."""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from classically_punk.catalogue.sets import SETS, described
from classically_punk.contracts import tables
from classically_punk.contracts.columns import columns_table
from classically_punk.contracts.tables.design import COLUMNS
from classically_punk.reporting.pages.musical import QUALITIES, character, characters, in_words, significant
from classically_punk.reporting.pages.results import Results
from classically_punk.reporting.pages.text import Number
from classically_punk.reporting.sources import shown

REPOSITORY = Path(__file__).resolve().parents[3]
KNOWN = described(SETS)
HEAD = (
    "genre,column,family,coefficient,standard_error,t,p,low,high,p_holm,p_by,family_size,partial_r2,covariance,reason"
)


def results_of(
    folder: Path, rows: Sequence[tuple[str, str, float, float]], inflation: Mapping[str, float] | None = None
) -> Results:
    """rows : genre, column, coefficient, p after Holm; inflation : of columns, 2 where it is not given"""
    reports, metrics = folder / "reports" / "toy" / "tables", folder / "metrics" / "toy"
    reports.mkdir(parents=True)
    metrics.mkdir(parents=True)
    lines = [
        f"{genre},{column},timbre,{value},0.01,1.0,0.001,{value - 0.02},{value + 0.02},{p},{p},40,0.1,hc3,"
        for genre, column, value, p in rows
    ]
    (reports / "coefficients.csv").write_text("\n".join([HEAD, *lines]) + "\n", encoding="utf-8")
    genres = "".join(f"ols,clip,{genre},0.5\n" for genre in sorted({row[0] for row in rows}))
    (reports / "recall.csv").write_text(f"model,protocol,genre,recall\n{genres}", encoding="utf-8")
    columns = dict.fromkeys(row[1] for row in rows)
    lines = [f"{column},{(inflation or {}).get(column, 2.0)}," for column in columns]
    (reports / "collinearity.csv").write_text("\n".join(["column,vif,vif_after", *lines]) + "\n", encoding="utf-8")
    lines = [f"{place},{column},metal,jazz" for place, column in enumerate(columns, start=1)]
    (reports / "discriminative.csv").write_text(
        "\n".join(["rank,column,highest_genre,lowest_genre", *lines]) + "\n", encoding="utf-8"
    )
    (reports / "fit.csv").write_text("genre,columns,regression_columns\nmetal,5,5\n", encoding="utf-8")
    shutil.copy(REPOSITORY / "params.yaml", folder / "params.yaml")
    tables.write(COLUMNS, columns_table(KNOWN), folder / "data" / "toy")
    (metrics / "summary.json").write_text(json.dumps({"headline": {"protocol": "clip"}}), encoding="utf-8")
    return Results("toy", folder)


def test_metal_is_loud_and_noisy(tmp_path: Path) -> None:
    results = results_of(tmp_path, [
        ("metal", "level_mean", 0.25, 0.001),
        ("metal", "flatness_mean", 0.125, 0.002),
        ("metal", "log_tempo", 0.5, 0.051),
        ("jazz", "level_mean", -0.25, 0.001),
    ])  # fmt: skip
    said = str(character(results, "metal"))
    assert said.startswith("metal is loud and noisy: ")
    assert "Level, mean" in said
    assert "Noisiness, mean" in said
    assert "Tempo" not in said, "a coefficient that may be nothing is not put into words"
    assert "0.250 [+0.230, +0.270]" in said
    assert "quiet" in str(character(results, "jazz"))


def test_numbers_of_a_sentence_are_those_of_the_table(tmp_path: Path) -> None:
    results = results_of(tmp_path, [("metal", "level_mean", -0.0625, 0.01)])
    numbers = [part for part in character(results, "metal") if isinstance(part, Number)]
    assert len(numbers) == 3
    for number in numbers:
        assert shown(number.address, tmp_path) == number.shown
        assert number.shown.startswith("\N{MINUS SIGN}0.0")


def test_nothing_significant_is_said_to_be_so(tmp_path: Path) -> None:
    rows = [("blues", "level_mean", 0.9, 0.05), ("disco", "level_mean", 0.9, 1.0), ("metal", "level_mean", 0.9, 0.01)]
    results = results_of(tmp_path, rows)
    assert significant(results, "blues") == []
    marked, others = characters(results)
    assert str(marked).startswith("metal is loud")
    assert str(others).startswith("blues and disco: no single column")
    assert not [part for part in others if isinstance(part, Number)]


def test_where_all_stand_out_nothing_is_said_of_others(tmp_path: Path) -> None:
    results = results_of(tmp_path, [("blues", "level_mean", 0.9, 0.01)])
    assert [str(said).split(":")[0] for said in characters(results)] == ["blues is loud"]


def test_a_genre_without_coefficients_has_none(tmp_path: Path) -> None:
    results = results_of(tmp_path, [("blues", "level_mean", 0.9, 0.01)])
    assert significant(results, "polka") == []


def test_a_column_that_the_catalogue_lacks_goes_by_its_name(tmp_path: Path) -> None:
    results = results_of(tmp_path, [("blues", "column of another table", 0.5, 0.01)])
    assert "column of another table" in str(character(results, "blues"))


def test_the_surest_stand_first(tmp_path: Path) -> None:
    rows = [("pop", "flatness_mean", 0.9, 0.04), ("pop", "level_mean", 0.1, 0.001), ("pop", "onset_rate", 0.5, 0.001)]
    found = significant(results_of(tmp_path, rows), "pop")
    assert [row["column"] for row in found] == ["onset_rate", "level_mean", "flatness_mean"]


@pytest.mark.parametrize(
    ("column", "more", "less"),
    [
        ("level_mean", "loud", "quiet"),
        ("spectral_centroid_mean", "bright", "dark"),
        ("flatness_mean", "noisy", "tonal"),
        ("log_tempo", "fast", "slow"),
        ("level_std", "changing in its level", "steady in its level"),
        ("rms_var", "changing in its level", "steady in its level"),
        ("flux_diff_std", "changing in its change of the spectrum", "steady in its change of the spectrum"),
        ("contrast3_mean", "clear in its tones", "dense between its tones"),
        ("mfcc14_mean", "", ""),
        ("level_skew", "", ""),
    ],
)
def test_words_follow_the_direction(column: str, more: str, less: str) -> None:
    assert in_words(KNOWN[column], True) == more
    assert in_words(KNOWN[column], False) == less


def test_every_word_belongs_to_a_descriptor_that_exists() -> None:
    names = list(KNOWN)
    assert [stem for stem in QUALITIES if not any(name.startswith(stem) for name in names)] == []


def test_an_entangled_column_is_spoken_of_as_a_difference_of_clips(tmp_path: Path) -> None:
    rows = [("metal", "level_mean", 0.25, 0.001), ("metal", "flatness_mean", 0.125, 0.002)]
    sure, entangled = (
        results_of(tmp_path / name, rows, {"level_mean": inflation}) for name, inflation in (("a", 9.9), ("b", 10.1))
    )
    assert str(character(sure, "metal")).startswith("metal is loud and noisy: ")
    assert [str(each) for each in characters(sure)] == [str(character(sure, "metal"))]
    assert str(character(entangled, "metal")).startswith("metal is noisy: ")
    said = [str(each) for each in characters(entangled)]
    assert said[1] == (
        "metal has the highest median Level, mean of all genres: a difference of the clips, other columns not held "
        "equal."
    )
