"""How loud, and how much that changes."""

from classically_punk.catalogue.entries import Feature

RMS = Feature(
    name="rms",
    function="over_frames:rms",
    over="frames",
    unit="1",
    family="dynamics",
    title="RMS amplitude",
    sentence="Root mean square of the samples.",
    source="librosa.feature.rms",
)
LEVEL = Feature(
    name="level",
    function="over_frames:level",
    over="frames",
    unit="dBFS",
    family="dynamics",
    title="Level",
    sentence="RMS amplitude in decibels, no lower than -100.",
    source="librosa.feature.rms",
)
DYNAMIC_RANGE = Feature(
    name="dynamic_range",
    function="over_spans:dynamic_range",
    over="span",
    unit="dB",
    family="dynamics",
    title="Dynamic range",
    sentence="95th less 5th percentile of the level.",
    source="EBU Tech 3342 (loudness range), here of the RMS level",
)
LOW_ENERGY_SHARE = Feature(
    name="low_energy_share",
    function="over_spans:low_energy_share",
    over="span",
    unit="1",
    family="dynamics",
    title="Quiet frames",
    sentence="Share of frames with an RMS amplitude below the mean.",
    source="Tzanetakis & Cook 2002, sec. II-A",
)
CREST_FACTOR = Feature(
    name="crest_factor",
    function="over_spans:crest_factor",
    over="span",
    unit="dB",
    family="dynamics",
    title="Crest factor",
    sentence="Peak over root mean square: small for compressed recordings.",
    source="IEC 60268-1",
)
