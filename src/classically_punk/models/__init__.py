"""Table -> fits: cleaning, transforms fitted in training folds, choice of columns, and the linear regressions."""
