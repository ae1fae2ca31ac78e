"""Tables -> `reports/C/figures/`. Nothing is computed here: every figure shows a table."""

import json

from classically_punk.features.catalogue import titles
from classically_punk.foundation.reading import read_table
from classically_punk.reporting import figures
from classically_punk.reporting.style import house_style, save
from classically_punk.stages.running import Places, StageParams, main

PARAMS = ()


def run(params: StageParams, places: Places) -> None:
    """Draws every figure of the corpus, as PNG and SVG."""
    counts = json.loads((places.metrics / "corpus.json").read_text(encoding="utf-8"))
    found, whole = counts["clips_found"], counts.get("expected_clips", counts["clips_found"])
    name = places.corpus if found >= whole else f"{places.corpus}, {found} of {whole} clips"
    summary = json.loads((places.metrics / "summary.json").read_text(encoding="utf-8"))
    headline = summary["headline"]["protocol"]
    scores = read_table(places.tables / "scores.csv", numbers=("value", "low", "high"))
    recall = read_table(places.tables / "recall.csv", numbers=("recall", "low", "high"))
    confusion = read_table(places.tables / "confusion.csv", numbers=("count", "share"))
    coefficients = read_table(places.tables / "coefficients.csv", numbers=("coefficient",))
    with house_style():
        drawn = {
            "accuracy_by_protocol": figures.accuracy_by_protocol(scores, name),
            "recall_by_genre": figures.recall_by_genre(recall, headline, name),
            "confusion": figures.confusion(confusion, headline, name),
            "coefficients": figures.coefficients(coefficients, titles(), name),
        }
        for stem, figure in drawn.items():
            save(figure, places.figures / stem)


if __name__ == "__main__":
    main(run, PARAMS)
