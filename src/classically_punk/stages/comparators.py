"""Design table and folds -> held-out predictions of every comparator, and what each chose inside its folds."""

from classically_punk.contracts import tables
from classically_punk.contracts.design import KEYS
from classically_punk.contracts.tables.design import DESIGN, FOLDS
from classically_punk.contracts.tables.fits import COMPARATOR_FITS, COMPARATORS_HELD_OUT
from classically_punk.foundation.params import Params
from classically_punk.models.comparators import comparator_suite
from classically_punk.stages.running import Places, main
from classically_punk.validation.held_out import held_out_predictions


def run(params: Params, places: Places) -> None:
    """Fits every comparator within every fold, on the rows and columns that the regressions get."""
    table = tables.read(DESIGN, places.data)
    folds = tables.read(FOLDS, places.data)
    folds = folds[folds["partition"] <= params.comparators.partitions]
    columns = [name for name in table.columns if name not in KEYS]
    suite = comparator_suite(params.comparators, params.ols, params.inner)
    held = held_out_predictions(table, folds, suite, columns)
    tables.write(COMPARATORS_HELD_OUT, held.predictions, places.models)
    tables.write(COMPARATOR_FITS, held.fits, places.tables)


if __name__ == "__main__":
    main(run)
