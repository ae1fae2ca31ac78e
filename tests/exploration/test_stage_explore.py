"""The whole stage on corpora of odd shapes: every table is there, says why a value is not, and is the same twice."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from classically_punk.catalogue.sets import described
from classically_punk.contracts import tables
from classically_punk.contracts.columns import columns_table
from classically_punk.contracts.tables.corpora import ANNOTATIONS, CLIPS
from classically_punk.contracts.tables.design import COLUMNS
from classically_punk.contracts.tables.scores import CONFUSION
from classically_punk.foundation.params import read_params
from classically_punk.foundation.writing import write_parquet
from classically_punk.stages import explore
from classically_punk.stages.running import Places

REPOSITORY = Path(__file__).resolve().parents[2]
TABLES = (
    "balance",
    "cluster_contingency",
    "clusters",
    "correlation",
    "correlation_columns",
    "distributions",
    "neighbours",
    "pca_loadings",
    "pca_variance",
    "quartiles",
    "subgroups",
    "discriminative",
)
HOSTILE = ['qu"ote, <b>', "🎺 $x^2$", "n" * 60, "NA"]


def corpus(folder: Path, genres: list[str], clips: int, *, artists: bool = True, one_group: bool = False) -> None:
    """A table corpus with a constant column and a duplicate; genre k lies k deviations up the first column."""
    rng = np.random.default_rng(len(genres))
    n = len(genres) * clips
    labels = [genre for genre in genres for _ in range(clips)]
    values = rng.normal(size=(n, 8)) + np.repeat(np.arange(len(genres)), clips)[:, None] * ([2.0] + [0.0] * 7)
    values[:, 5] = 4.0
    values[:, 6] = values[:, 1]
    names = [f"c{place:04d}" for place in range(n)]
    groups = [f"{label}{0 if one_group else place % 3}" for place, label in enumerate(labels)]
    head = pd.DataFrame({"clip": names, "window": -1, "label": labels, "group": groups, "song": names})
    head["recording"] = names
    places = Places("toy")
    data = folder / places.data
    columns = described(["kaggle57"])
    named = pd.DataFrame(values, columns=list(columns)[:8])
    write_parquet(pd.concat([head, named], axis=1), data / "table.parquet")
    tables.write(COLUMNS, columns_table(columns), data)
    listed = head[["clip", "label", "group", "song", "recording"]].assign(member=names, status="ok")
    tables.write(CLIPS, tables.frame(CLIPS, listed.to_dict("records")), data)
    known = [{"clip": name, "artist": group if artists else ""} for name, group in zip(names, groups, strict=True)]
    tables.write(ANNOTATIONS, tables.frame(ANNOTATIONS, known), data)
    pairs = pd.MultiIndex.from_product([genres, genres], names=["actual", "predicted"]).to_frame(index=False)
    right = (pairs["actual"] == pairs["predicted"]).astype(float)
    confused = pairs.assign(protocol="clip", count=right * clips, share=right)
    tables.write(CONFUSION, tables.frame(CONFUSION, confused.to_dict("records")), folder / places.tables)


def run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    params = read_params(REPOSITORY / "params.yaml")
    monkeypatch.chdir(folder)
    places = Places("toy")
    explore.run(params, places)
    written = [places.tables / f"{name}.csv" for name in TABLES] + [places.models / "map.parquet"]
    return {path.name: path.read_bytes() for path in written}


@pytest.mark.parametrize(
    ("genres", "clips", "artists", "one_group"),
    [
        (["a", "b"], 10, True, False),
        (["a", "b"], 2, False, False),
        (HOSTILE, 9, True, True),
        ([f"genre {number:02d}" for number in range(40)], 4, False, False),
    ],
    ids=["two genres", "four clips", "hostile names, one artist each", "forty genres"],
)
def test_odd_corpora(
    tmp_path: Path, monkeypatch, genres: list[str], clips: int, artists: bool, one_group: bool
) -> None:
    corpus(tmp_path, genres, clips, artists=artists, one_group=one_group)
    written = run(tmp_path, monkeypatch)
    for name, content in written.items():
        if name.endswith(".csv"):
            assert not {"nan", "inf", "-inf", "<NA>"} & set(content.decode().replace("\n", ",").split(",")), name
    balance = pd.read_csv(tmp_path / "reports/toy/tables/balance.csv", dtype=str, keep_default_na=False)
    assert balance["genre"].tolist() == sorted(genres)
    assert balance["reason"].str.contains("no loudness: no audio").all()
    assert balance["reason"].str.contains("no artists are known").all() == (not artists)
    for name in ("clusters", "subgroups"):
        table = pd.read_csv(tmp_path / f"reports/toy/tables/{name}.csv", dtype=str, keep_default_na=False)
        measure = "value" if name == "clusters" else "silhouette"
        assert (table.loc[table[measure] == "", "reason"] != "").all()
    placed = pd.read_parquet(tmp_path / "models/toy/map.parquet")
    assert placed["label"].tolist() == [genre for genre in genres for _ in range(clips)]
    assert np.isfinite(placed[["pca1", "pca2", "pca3", "x", "y"]].to_numpy()).all()


def test_two_runs_write_the_same_bytes(tmp_path: Path, monkeypatch) -> None:
    corpus(tmp_path, ["a", "b", "c"], 12)
    assert run(tmp_path, monkeypatch) == run(tmp_path, monkeypatch)
