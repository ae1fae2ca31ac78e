"""Metrics and tables -> `reports/C/`: figures, report, slides and model card. Nothing is computed here."""

from pathlib import Path

from classically_punk.foundation.params import Params
from classically_punk.reporting.figures.drawing import Source, draw_all
from classically_punk.reporting.pages.results import Results
from classically_punk.reporting.pages.written import write_pages
from classically_punk.stages.running import Places, main


def run(params: Params, places: Places) -> None:
    """Draws every figure of the corpus, as PNG and SVG, then writes the pages that show them."""
    results = Results(places.corpus, Path(), params)
    source = Source(
        tables=places.tables,
        models=places.models,
        name=_name(results),
        headline=results.headline,
        titles=results.titles,
        vif_limit=params.ols.vif_limit,
        target=params.costs.target_accuracy,
    )
    draw_all(source, places.figures)
    write_pages(results, places.pages)


def _name(results: Results) -> str:
    """What figures call the corpus: an incomplete collection says so."""
    found = int(results.value("corpus", "clips_found"))
    whole = int(results.value("corpus", "expected_clips")) if results.has("corpus", "expected_clips") else found
    if found >= whole:
        return results.corpus
    return f"{results.corpus}, {found} of {whole} clips"


if __name__ == "__main__":
    main(run)
