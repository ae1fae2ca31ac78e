"""Everything that answering needs -> `models/C/bundle.json`, one file and nothing of the music."""

import hashlib
import json
from pathlib import Path

import numpy as np

from classically_punk.bundle.assembling import Made, Said, content_of
from classically_punk.bundle.reading import read_bundle, write_bundle
from classically_punk.contracts import tables
from classically_punk.contracts.columns import read_columns
from classically_punk.contracts.design import KEYS
from classically_punk.contracts.recipe import read_recipe
from classically_punk.contracts.tables.design import DESIGN, DESIGN_RECIPE
from classically_punk.contracts.tables.external import EXTERNAL, EXTERNAL_SCORES
from classically_punk.contracts.tables.lengths import SERVED, SERVED_HELD_OUT
from classically_punk.contracts.tables.scores import SCORES
from classically_punk.decisions.abstention import answers_of, coverage_table
from classically_punk.decisions.costs import cost_matrix, least_expected
from classically_punk.foundation.params import Params
from classically_punk.scoring.scores import bootstrap_units, protocol_weights
from classically_punk.stages.running import Places, main


def run(params: Params, places: Places) -> None:
    """Gathers the fits that are served, what they were worth, and what a reader is told; and reads the file again."""
    table = tables.read(DESIGN, places.data)
    columns = [name for name in table.columns if name not in KEYS]
    served = json.loads((places.models / "served.json").read_text(encoding="utf-8"))
    held_out = tables.read(SERVED_HELD_OUT, places.models)
    held_out = held_out[held_out["protocol"] == served["protocol"]]
    costs = params.costs
    genres = sorted(table["label"].unique())
    matrix = cost_matrix(genres, costs.wrong, costs.abstain, costs.pairs, person_error=costs.person_error)
    thresholds = {}
    for length, part in held_out.groupby("length", sort=True):  # the last is of whole clips, or nearly
        groups = bootstrap_units(part, served["protocol"], table)
        answers = answers_of(part.drop(columns=["model", "leverage", "length"]), groups)
        weights = protocol_weights(served["protocol"], answers.units, params.evaluate)
        found = coverage_table(answers, weights, params.evaluate.confidence)
        thresholds[float(length)] = found[(found["by"] == "confidence") & (found["n"] > 0)]
        answered, _, sure = least_expected(answers, matrix)
        said = Said(part["clip"].to_numpy(dtype=object), np.array(genres, dtype=object)[answered.predicted], sure)
    pairs = [pair.test for pair in params.external.pairs.values() if pair.fit == places.corpus]
    made = Made(
        table=table,
        steps=read_recipe(DESIGN_RECIPE, places.data).only("design", columns).steps,
        columns=read_columns(places.data),
        served=served,
        by_length=tables.read(SERVED, places.tables),
        thresholds=thresholds,
        said=said,
        scores=tables.read(SCORES, places.tables),
        elsewhere=[
            (test, tables.read(EXTERNAL, places.external(test)), tables.read(EXTERNAL_SCORES, places.external(test)))
            for test in pairs
            if (places.external(test) / EXTERNAL.file).exists()
        ],
        hashes={"table": _sha256(places.data / DESIGN.file), "requirements": _sha256(Path("requirements.txt"))},
    )
    path = places.models / "bundle.json"
    write_bundle(content_of(places.corpus, params, made, matrix.leave, matrix.matrix), path)
    read_bundle(path)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main(run)
