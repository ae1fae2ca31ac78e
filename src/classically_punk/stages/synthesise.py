"""Nothing -> `data/raw/C/`: the demonstration corpus as a raw archive, and the table of its planted faults."""

from classically_punk.corpora.demo import write_demo
from classically_punk.foundation.params import Params
from classically_punk.stages.running import Places, main


def run(params: Params, places: Places) -> None:
    """Writes archive, artists and the table of planted faults."""
    write_demo(params.demo, archive=places.raw / "demo.zip", planted=places.tables)


if __name__ == "__main__":
    main(run)
