"""One thin module per stage of dvc.yaml, of the same name: declared reads, a call into the rooms, declared writes."""
