"""Design table and annotations -> `data/C/folds.csv`, and which protocols are possible, and why not."""

import pandas as pd

from classically_punk.contracts.protocols import keeping_apart
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.params import Params
from classically_punk.foundation.reading import read_table
from classically_punk.foundation.writing import write_csv
from classically_punk.stages.running import Places, main
from classically_punk.validation.splits import make_folds


def run(params: Params, places: Places) -> None:
    """Assigns every clip, or window, its role in every fold of every possible protocol.

    Raises PunkError, with the table of protocols written, when none that keeps recordings apart is possible.
    """
    table = pd.read_parquet(places.data / "table.parquet")
    plan = make_folds(table, read_table(places.data / "annotations.csv"), params.folds)
    write_csv(plan.folds, places.data / "folds.csv")
    table_path = places.tables / "protocols.csv"
    write_csv(plan.protocols, table_path)
    apart = plan.protocols[plan.protocols["protocol"].isin(keeping_apart())]
    if (apart["possible"] == "no").all():
        reasons = zip(apart["protocol"], apart["reason"], strict=True)
        listed = "".join(f"\n  folds.{protocol}: {reason}" for protocol, reason in reasons)
        raise PunkError(
            f"{table_path}: no protocol that keeps recordings apart is possible, so nothing can be judged:{listed}"
        )


if __name__ == "__main__":
    main(run)
