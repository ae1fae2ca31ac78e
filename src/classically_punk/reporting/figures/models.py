"""Figures that set models side by side: the leak, probabilities, choices of columns, robustness."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from classically_punk.contracts.protocols import PROTOCOLS
from classically_punk.reporting.figures.style import drawn_protocols, protocol_look

OLS_COLOUR = "#0072B2"
OTHER_COLOUR = "#D55E00"
GREY = "0.55"
MINUS = "\N{MINUS SIGN}"
CHOICES = {
    "all": "all columns",
    "components": "principal components",
    "family_components": "components by family",
    "vif_pruned": "collinear ones left out",
    "forward": "forward selection",
}
"""Choices of columns (`ols.columns` in params.yaml), and what a reader calls them."""


def models_by_protocol(scores: pd.DataFrame, titles: Mapping[str, str], corpus: str) -> Figure:
    """Accuracy of every model under every protocol: what the same model seems to score.

    scores : columns model, protocol, score, value, low, high; titles : model -> what a reader calls it, in order
    """
    rows = scores[(scores["score"] == "accuracy") & scores["value"].notna()]
    models = [name for name in titles if (rows["model"] == name).any()]
    protocols = drawn_protocols(rows)
    strict = protocols[0]
    order = rows[rows["protocol"] == strict].set_index("model")["value"]
    models.sort(key=lambda name: -float(order.get(name, -1.0)))
    figure, axes = plt.subplots(figsize=(8.6, 1.9 + 0.5 * len(models)))
    offsets = np.linspace(-0.24, 0.24, len(protocols)) if len(protocols) > 1 else np.zeros(1)
    named: set[str] = set()
    for place, model in enumerate(models):
        of_model = rows[rows["model"] == model].set_index("protocol")
        values = of_model.loc[[name for name in protocols if name in of_model.index], "value"]
        axes.plot([values.min(), values.max()], [place, place], color="0.88", linewidth=9, solid_capstyle="round")
        for offset, protocol in zip(offsets, protocols, strict=True):
            if protocol in of_model.index:
                row = of_model.loc[protocol]
                colour, marker = protocol_look(protocol)
                if not (np.isnan(row["low"]) or np.isnan(row["high"])):
                    axes.plot([row["low"], row["high"]], [place + offset] * 2, color=colour, linewidth=1.6)
                axes.plot(
                    row["value"],
                    place + offset,
                    marker,
                    color=colour,
                    markersize=6,
                    label=None if protocol in named else protocol,
                )
                named.add(protocol)
    axes.set_yticks(range(len(models)), [titles[name] for name in models])
    for tick, model in zip(axes.get_yticklabels(), models, strict=True):
        tick.set_fontweight("bold" if model == "ols" else "normal")
    axes.set_ylim(len(models) - 0.4, -0.6)
    axes.set_xlim(0, 1)
    axes.grid(axis="x", color="0.9")
    axes.set_xlabel("accuracy on held-out clips; bars: interval over groups\ngrey: what the protocol alone changes")
    axes.set_title(f"What the same model seems to score: {corpus}", pad=28)
    handles, names = axes.get_legend_handles_labels()
    shown = [f"{name} (leaky)" if PROTOCOLS[name].leaky else name for name in names]
    axes.legend(
        handles, shown, frameon=False, fontsize=9, loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=len(protocols)
    )
    return figure


def reliability(table: pd.DataFrame, titles: Mapping[str, str], protocol: str, corpus: str) -> Figure:
    """Confidence against accuracy, raw and calibrated, a panel for each model.

    table : columns model, probabilities, n, confidence, accuracy, low, high
    """
    models = [name for name in titles if (table["model"] == name).any() and name != "majority"]
    across = min(4, len(models))
    down = -(-len(models) // across)
    figure, panels = plt.subplots(
        down, across, figsize=(2.6 * across + 0.6, 2.7 * down + 0.9), sharex=True, sharey=True, squeeze=False
    )
    kinds = {"raw": (OTHER_COLOUR, "X", "as the model gives them"), "calibrated": (OLS_COLOUR, "o", "calibrated")}
    for axes, model in zip(panels.flat, models, strict=False):
        axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
        for kind, (colour, marker, label) in kinds.items():
            rows = table[(table["model"] == model) & (table["probabilities"] == kind) & (table["n"] > 0)]
            if kind == "calibrated":
                axes.vlines(rows["confidence"], rows["low"], rows["high"], color=colour, alpha=0.45, linewidth=2)
            sizes = 12 + 90 * rows["n"] / max(float(rows["n"].sum()), 1.0)
            axes.plot(rows["confidence"], rows["accuracy"], color=colour, linewidth=0.8, alpha=0.6)
            axes.scatter(rows["confidence"], rows["accuracy"], s=sizes, marker=marker, color=colour, label=label)
        axes.set_title(titles[model], fontsize=9.5)
        axes.set_xlim(0, 1)
        axes.set_ylim(-0.02, 1.02)
    for axes in panels.flat[len(models) :]:
        axes.axis("off")
    figure.supxlabel("probability given to the predicted genre", fontsize=10)
    figure.supylabel("share that is right", fontsize=10)
    figure.suptitle(f"Does 70 % mean 70 %? {corpus}, protocol {protocol}", x=0.01, ha="left", weight="bold", size=13)
    handles, names = panels.flat[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower right", ncols=2, frameon=False, fontsize=9)
    return figure


def column_choices(table: pd.DataFrame, protocol: str, corpus: str) -> Figure:
    """Accuracy of the regression for each feature set and choice of columns.

    table : columns feature_set, choice, configured, protocol, columns, accuracy, low, high
    """
    rows = table[table["protocol"] == protocol].sort_values(["feature_set", "accuracy"], ascending=[False, False])
    names = [f"{row.feature_set}: {CHOICES[row.choice]} ({row.columns:.0f})" for row in rows.itertuples()]
    figure, axes = plt.subplots(figsize=(8, 1.5 + 0.34 * len(rows)))
    for place, row in enumerate(rows.itertuples()):
        colour = OLS_COLOUR if row.configured == "yes" else GREY
        if not (np.isnan(row.low) or np.isnan(row.high)):
            axes.plot([row.low, row.high], [place, place], color=colour, linewidth=3, solid_capstyle="round", alpha=0.6)
        axes.plot(row.accuracy, place, "o", color=colour, markersize=8)
        axes.annotate(
            f"{row.accuracy:.3f}", (row.accuracy, place), xytext=(0, 7), textcoords="offset points", ha="center", size=8
        )
    axes.set_yticks(range(len(rows)), names)
    for tick, row in zip(axes.get_yticklabels(), rows.itertuples(), strict=True):
        tick.set_fontweight("bold" if row.configured == "yes" else "normal")
    axes.set_ylim(len(rows) - 0.4, -0.8)
    axes.set_xlim(0, 1)
    axes.grid(axis="x", color="0.9")
    axes.set_xlabel("accuracy on held-out clips\nin brackets: columns of the regression; bold: as configured")
    title = f"Which columns the regression can use\n{corpus}, protocol {protocol}"
    figure.suptitle(title, x=0.01, ha="left", weight="bold", size=13)
    return figure


def robustness(table: pd.DataFrame, titles: Mapping[str, str], corpus: str) -> Figure:
    """Accuracy and agreement after each alteration, the regressions beside the best comparator.

    table : columns model, alteration, kind, n, accuracy, accuracy_low, accuracy_high, accuracy_before, agreement
    """
    rows = table[(table["kind"] != "crop") & (table["n"] > 0)]
    models = list(dict.fromkeys(rows["model"]))
    alterations = list(dict.fromkeys(rows["alteration"]))
    figure, panels = plt.subplots(1, 2, figsize=(10, 1.8 + 0.3 * len(alterations)), sharey=True)
    for number, model in enumerate(models):
        of_model = rows[rows["model"] == model].set_index("alteration").loc[alterations]
        colour, marker = ((OLS_COLOUR, "o"), (OTHER_COLOUR, "s"))[number % 2]
        places = np.arange(len(alterations)) + (number - (len(models) - 1) / 2) * 0.3
        for axes, measure in zip(panels, ("accuracy", "agreement"), strict=True):
            low, high = of_model[f"{measure}_low"], of_model[f"{measure}_high"]
            axes.hlines(places, low, high, color=colour, alpha=0.45, linewidth=2)
            axes.plot(of_model[measure], places, marker, color=colour, markersize=5, label=titles.get(model, model))
        before = float(of_model["accuracy_before"].median())
        panels[0].axvline(before, color=colour, linestyle=":", linewidth=1.2)
    described = rows.drop_duplicates("alteration").set_index("alteration").loc[alterations]
    names = [alteration_title(str(row.Index), str(row.kind), float(row.amount)) for row in described.itertuples()]
    panels[0].set_yticks(range(len(alterations)), names, fontsize=9)
    panels[0].invert_yaxis()
    panels[0].set_xlabel("accuracy; dotted: before")
    panels[1].set_xlabel("share of predictions that stay")
    for axes in panels:
        axes.set_xlim(0, 1.02)
        axes.grid(color="0.93")
    figure.suptitle(f"Music or artefact? The genre stays: {corpus}", x=0.01, ha="left", weight="bold", size=13)
    handles, names = panels[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower right", ncols=2, frameon=False, fontsize=9)
    return figure


def alteration_title(alteration: str, kind: str, amount: float) -> str:
    """What a reader calls an alteration of audio.alterations, by its row of the robustness table."""
    size = f"{abs(amount):g}"
    signed = f"{'+' if amount > 0 else MINUS}{size}"
    if kind == "codec":
        return "Ogg Vorbis" if alteration == "ogg" else f"MP3, {size} kbit/s"
    known = {
        "gain": f"gain {signed} dB",
        "band limit": f"sampled at {amount / 1000:g} kHz",
        "equaliser": f"{'low' if alteration.startswith('low') else 'high'} shelf {signed} dB",
        "noise": f"pink noise, {size} dB SNR",
        "pitch": f"pitch {signed} semitone{'' if amount in (1, -1) else 's'}",
        "tempo": f"tempo {signed} %",
        "crop": f"{size} s at a random place",
        "clipping": f"clipped, {size} %",
    }
    return known.get(kind, alteration.replace("_", " "))


def snippet_length(table: pd.DataFrame, titles: Mapping[str, str], corpus: str) -> Figure:
    """Accuracy against the length of the snippet that is heard. table : as for `robustness`, rows of kind crop."""
    rows = table[(table["kind"] == "crop") & (table["n"] > 0)].sort_values("amount")
    figure, axes = plt.subplots(figsize=(7, 4))
    for number, model in enumerate(dict.fromkeys(table["model"])):
        of_model = rows[rows["model"] == model]
        colour, marker = ((OLS_COLOUR, "o"), (OTHER_COLOUR, "s"))[number % 2]
        if of_model.empty:
            continue
        axes.fill_between(
            of_model["amount"], of_model["accuracy_low"], of_model["accuracy_high"], color=colour, alpha=0.15
        )
        axes.plot(of_model["amount"], of_model["accuracy"], f"{marker}-", color=colour, label=titles.get(model, model))
        axes.axhline(float(of_model["accuracy_before"].iloc[0]), color=colour, linestyle=":", linewidth=1.2)
    amounts = sorted(rows["amount"].unique())
    axes.set_xscale("log")
    axes.set_xticks(amounts, [f"{amount:g}" for amount in amounts])
    axes.minorticks_off()
    axes.set_ylim(0, 1)
    axes.grid(color="0.92")
    axes.set_xlabel("length of the snippet, s; dotted: the whole clip")
    axes.set_ylabel("accuracy")
    axes.set_title(f"How much music it takes: {corpus}")
    axes.legend(frameon=False, fontsize=9)
    return figure
