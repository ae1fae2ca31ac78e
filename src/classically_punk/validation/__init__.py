"""Who is trained on and who is tested: splits, inner folds and held-out predictions."""
