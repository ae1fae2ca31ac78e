"""Held-out predictions of the regressions -> `metrics/C/decisions.json`: when to answer, and what errors cost."""

import pandas as pd

from classically_punk.contracts.protocols import headline_of
from classically_punk.decisions.decide import decide
from classically_punk.foundation.params import Params
from classically_punk.foundation.writing import write_csv, write_json
from classically_punk.stages.running import Places, main


def run(params: Params, places: Places) -> None:
    """Prices the errors under the protocol of the headline, and says who bears them."""
    predictions = pd.read_parquet(places.models / "ols_held_out.parquet")
    table = pd.read_parquet(places.data / "table.parquet", columns=["clip", "window", "label", "group", "recording"])
    headline = headline_of(predictions["protocol"].unique())
    decided = decide(predictions, table, headline, params.costs, params.evaluate)
    write_json(decided.summary, places.metrics / "decisions.json")
    for name, frame in decided.tables.items():
        write_csv(frame, places.tables / f"{name}.csv")


if __name__ == "__main__":
    main(run)
