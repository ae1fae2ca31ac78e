"""Pages, slides and the model card of a corpus, from `metrics/` and `reports/<corpus>/tables/` only."""
