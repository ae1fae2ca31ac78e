"""Fits and what they predict: `ols`, `comparators` and `diagnose`."""

from dataclasses import replace

from classically_punk.contracts.label_search import SOURCES
from classically_punk.contracts.tables.common import (
    CLIP,
    COLUMN,
    FITTED,
    FOLD,
    GENRE,
    LABEL,
    MODEL,
    N_GROUPS,
    NOTE,
    PARTITION,
    PROTOCOL,
    REASON,
    WINDOW,
    YES_NO,
    N,
)
from classically_punk.contracts.tables.schema import Table, interval, number, text, whole

FAMILY = text("family", "Family of features that the column belongs to.")
COVARIANCE = text("covariance", "Formula of the covariance: HC3, or clustered by group.")

OLS_HELD_OUT = Table(
    "ols_held_out.parquet",
    "What a regression says of a row that it has not been fitted to.",
    (
        MODEL,
        PROTOCOL,
        PARTITION,
        FOLD,
        CLIP,
        WINDOW,
        LABEL,
        text("predicted", "Genre with the largest score."),
        number("inverse_temperature", "1", "What scores are multiplied by before the softmax that calibrates them."),
        number("leverage", "1", "Distance from the training music; blank for a model that has none.", blank=True),
    ),
    key=("model", "protocol", "fold", "clip", "window"),
    further=number(f"{FITTED}<genre>", "own", "Score of the genre; for the regressions, its fitted value."),
)

COMPARATORS_HELD_OUT = replace(
    OLS_HELD_OUT,
    file="comparators_held_out.parquet",
    sentence="What a comparator says of a row that it has not been fitted to.",
)

FOLD_FITS = Table(
    "fold_fits.csv",
    "A regression fitted to the training part of one fold.",
    (
        MODEL,
        PROTOCOL,
        FOLD,
        whole("n_train", "count", "Rows that it was fitted to."),
        whole("n_test", "count", "Rows that it was asked for."),
        whole("columns", "count", "Columns that it uses after its own choice of them."),
        number("inverse_temperature", "1", "What scores are multiplied by before the softmax that calibrates them."),
        NOTE,
    ),
    key=("model", "protocol", "fold"),
)

COMPARATOR_FITS = replace(
    FOLD_FITS, file="comparator_fits.csv", sentence="A comparator fitted to the training part of one fold."
)

COEFFICIENTS = Table(
    "coefficients.csv",
    "Coefficient of a column in the regression of a genre, fitted to all clips.",
    (
        GENRE,
        COLUMN,
        FAMILY,
        number(
            "coefficient",
            "fitted value",
            "Change of the fitted value per standard deviation of the column; blank for a column left out.",
            blank=True,
        ),
        number("standard_error", "fitted value", "Robust standard error; blank where `reason` says why.", blank=True),
        number("t", "1", "Coefficient over its standard error; blank where `reason` says why.", blank=True),
        number("p", "probability", "Of as large a t by chance; blank where `reason` says why.", blank=True),
        *interval("coefficient", "fitted value"),
        number("p_holm", "probability", "p after Holm; blank where there is no p.", blank=True),
        number("p_by", "probability", "p after Benjamini and Yekutieli; blank where there is no p.", blank=True),
        whole("family_size", "count", "Tests that p_holm and p_by correct for."),
        number(
            "partial_r2",
            "share",
            "Share of the variance left by the other columns that goes without this one; blank for a column left out.",
            blank=True,
        ),
        COVARIANCE,
        REASON,
    ),
    key=("genre", "column"),
)

FIT = Table(
    "fit.csv",
    "The regression of a genre, fitted to all clips.",
    (
        GENRE,
        N,
        whole("columns", "count", "Columns of the design table."),
        whole("regression_columns", "count", "Columns of the regression, the intercept left out."),
        whole("rank", "count", "Rank of its design, the intercept included."),
        whole("aliased", "count", "Columns left out because others determine them."),
        number("r2", "share", "Share of the variance that is explained; blank for a genre of all clips.", blank=True),
        number("adjusted_r2", "1", "The same, corrected for the number of columns; blank without freedom.", blank=True),
        number("aic", "1", "Akaike's information criterion; blank for an exact fit.", blank=True),
        number("bic", "1", "Bayesian information criterion; blank for an exact fit.", blank=True),
        number("outside_unit_interval", "share", "Fitted values below 0 or above 1."),
        number("condition_number", "1", "Of the standardised design."),
        COVARIANCE,
        N_GROUPS,
        number("largest_leverage", "share", "Largest leverage of a row."),
        NOTE,
    ),
    key=("genre",),
)

ROWS = Table(
    "rows.parquet",
    "A clip in the regression of a genre: how well it is fitted, and how it pulls.",
    (
        CLIP,
        LABEL,
        GENRE,
        number("fitted", "fitted value", "Fitted value of the clip."),
        number("residual", "fitted value", "Indicator of the genre less the fitted value."),
        number("leverage", "share", "Diagonal of the hat matrix."),
        number("internal", "1", "Residual, internally studentized; blank where `reason` says why.", blank=True),
        number("external", "1", "Residual, externally studentized; blank where `reason` says why.", blank=True),
        number("cooks_distance", "1", "Cook's distance; blank where `reason` says why.", blank=True),
        number("dffits", "1", "Change of the clip's own fitted value, in standard errors, without it.", blank=True),
        number("covariance_ratio", "1", "Determinant of the covariance without the clip, over with it.", blank=True),
        number("largest_dfbetas", "1", "Largest |DFBETAS| over the slopes; blank where it has none.", blank=True),
        text("dfbetas_column", "Regression column that this belongs to; blank where there is none.", blank=True),
        REASON,
    ),
    key=("clip", "genre"),
)

INFLUENTIAL = Table(
    "influential.csv",
    "One of the rows with the largest Cook's distance, the largest first.",
    tuple(column for column in ROWS.columns if column is not REASON),
    key=("clip", "genre"),
)

PARTIAL_REGRESSIONS = Table(
    "partial_regressions.parquet",
    "A clip in the partial regression of a genre on its strongest column.",
    (
        GENRE,
        text("column", "Regression column with the largest robust |t|."),
        number("t", "1", "Its t."),
        CLIP,
        number("column_rest", "own", "What the other columns leave of the column."),
        number("response_rest", "fitted value", "What they leave of the indicator of the genre."),
    ),
    key=("genre", "clip"),
)

COLLINEARITY = Table(
    "collinearity.csv",
    "Variance inflation of a column, before and after pruning.",
    (
        COLUMN,
        FAMILY,
        number("vif", "1", "Variance inflation factor; blank where others determine the column.", blank=True),
        whole("removed", "place", "Order of its removal; blank for a column that stays.", blank=True),
        number("vif_at_removal", "1", "Variance inflation when it was removed; blank where infinite.", blank=True),
        number("vif_after", "1", "Variance inflation after pruning; blank for a column removed.", blank=True),
        text("in_regression", "Whether the regression sees it.", among=(*YES_NO, "in components")),
        REASON,
    ),
    key=("column",),
)

ASSUMPTIONS = Table(
    "assumptions.csv",
    "A test of what inference on the regression of a genre assumes.",
    (
        GENRE,
        text("test", "Name of the test."),
        number("statistic", "1", "Chi-squared, or F where there is a second degree of freedom.", blank=True),
        number("freedom", "count", "Degrees of freedom, of the numerator for F.", blank=True),
        number("second_freedom", "count", "Degrees of freedom of the denominator; blank for chi-squared.", blank=True),
        number("p", "probability", "Of as large a statistic where the assumption holds.", blank=True),
        number("skewness", "1", "Of the residuals, beside Jarque-Bera only.", blank=True),
        number("excess_kurtosis", "1", "Of the residuals, beside Jarque-Bera only.", blank=True),
        REASON,
    ),
    key=("genre", "test"),
)

JOINT_TESTS = Table(
    "joint_tests.csv",
    "A test of whether a column matters for any genre.",
    (
        COLUMN,
        FAMILY,
        number("wald", "1", "F: Wald's statistic over df1; blank where `reason` says why.", blank=True),
        number("df1", "count", "Degrees of freedom of the numerator; blank where there is no test.", blank=True),
        number("df2", "count", "Degrees of freedom of the denominator; blank where there is no test.", blank=True),
        number("p", "probability", "Of as large an F by chance; blank where there is no test.", blank=True),
        number("p_holm", "probability", "p after Holm; blank where there is no p.", blank=True),
        number("p_by", "probability", "p after Benjamini and Yekutieli; blank where there is no p.", blank=True),
        whole("family_size", "count", "Tests that p_holm and p_by correct for."),
        COVARIANCE,
        REASON,
    ),
    key=("column",),
)

FAMILIES = Table(
    "families.csv",
    "What a family of columns adds to the others in the regression of a genre.",
    (
        GENRE,
        FAMILY,
        whole("columns", "count", "Columns of the family."),
        number(
            "r2", "share", "Share of the variance that all columns explain; blank for a genre of all clips.", blank=True
        ),
        number("r2_without", "share", "What the other families explain; blank where there is none.", blank=True),
        number("partial_r2", "share", "Share of the rest that goes with the family; may fall below 0.", blank=True),
        text("nested", "Whether the smaller fit is a part of the larger one.", among=YES_NO),
        REASON,
    ),
    key=("genre", "family"),
)

LABEL_ISSUES = Table(
    "label_issues.csv",
    "A clip by how badly the regression fitted to all other songs contradicts its label, the worst first.",
    (
        whole("rank", "place", "Place in the ranking."),
        CLIP,
        LABEL,
        text("suggested", "Genre with the largest fitted value but the label's."),
        number("disagreement", "fitted value", "Fitted value of `suggested` less that of the label."),
        number("fitted_label", "fitted value", "Fitted value of the label."),
        number("fitted_suggested", "fitted value", "Fitted value of `suggested`."),
        text("predicted", "Genre with the largest fitted value."),
        text(
            "evidence", "Columns that speak most for `suggested` and against the label in the same fit, and how much."
        ),
    ),
    key=("rank",),
    sorted_by=("rank",),
)

LABEL_ISSUE_SEARCH = Table(
    "label_issue_search.csv",
    "How well a way of looking for wrong labels finds those that were made wrong, or that are known to be.",
    (
        text("source", "Where wrong labels come from, as in `contracts.label_search`.", among=SOURCES),
        text("method", "What clips are ordered by, likewise; blank where `reason` says why.", blank=True),
        text(
            "measure",
            "average_precision, precision_at_k with k the number of wrong labels, or suggested_right: the share of "
            "wrong labels for which `suggested` is the genre that is right; blank where `reason` says why.",
            blank=True,
        ),
        number("value", "share", "The measure; for plantings its mean over them.", blank=True),
        number(
            "low", "share", "Lower end of the interval of the mean; of chance against a list, of orders.", blank=True
        ),
        number("high", "share", "Upper end of it; blank where there is none.", blank=True),
        number(
            "margin_ahead",
            "difference of shares",
            "The margin's value less this one, paired over plantings; blank without plantings, or of itself.",
            blank=True,
        ),
        *interval("difference", "difference of shares", "ahead_low", "ahead_high", why="as `margin_ahead`"),
        N,
        whole("n_wrong", "count", "Labels among them that are wrong, or whose right genre is known."),
        whole("repeats", "count", "Plantings; 1 for a list."),
        REASON,
    ),
    key=("source", "method", "measure"),
)
