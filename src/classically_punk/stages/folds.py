"""Design table and annotations -> `data/C/folds.csv`, and which protocols are possible, and why not."""

from classically_punk.contracts import tables
from classically_punk.contracts.protocols import keeping_apart
from classically_punk.contracts.tables.corpora import ANNOTATIONS
from classically_punk.contracts.tables.design import DESIGN, FOLDS, PROTOCOLS
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.params import Params
from classically_punk.stages.running import Places, main
from classically_punk.validation.splits import make_folds


def run(params: Params, places: Places) -> None:
    """Assigns every clip, or window, its role in every fold of every possible protocol.

    Raises PunkError, with the table of protocols written, when none that keeps recordings apart is possible.
    """
    rows = tables.read(DESIGN, places.data, further=False)
    plan = make_folds(rows, tables.read(ANNOTATIONS, places.data), params.folds)
    tables.write(FOLDS, plan.folds, places.data)
    tables.write(PROTOCOLS, plan.protocols, places.tables)
    apart = plan.protocols[plan.protocols["protocol"].isin(keeping_apart())]
    if (apart["possible"] == "no").all():
        reasons = zip(apart["protocol"], apart["reason"], strict=True)
        listed = "".join(f"\n  {protocol}: {reason}" for protocol, reason in reasons)
        raise PunkError(
            f"{places.tables / PROTOCOLS.file}: no protocol that keeps recordings apart is possible, so nothing can be "
            f"judged:{listed}"
        )


if __name__ == "__main__":
    main(run)
