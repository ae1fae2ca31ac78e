"""When things happen."""

from classically_punk.catalogue.entries import Feature
from classically_punk.contracts.bands import (
    FASTEST_MODULATION,
    HIGHEST_BAND,
    LOWEST_BAND,
    MODULATION_BANDS,
    SLOWEST_MODULATION,
    TEMPO_BANDS,
    octave_band,
)

_TEMPO_SOURCE = "Ellis 2007; librosa.beat.beat_track"


def _tempo_band(number: int) -> Feature:
    low, high = octave_band(number, LOWEST_BAND, HIGHEST_BAND, TEMPO_BANDS)
    return Feature(
        name=f"tempo_band{number}",
        function="over_spans:tempo_bands",
        over="span",
        unit="1",
        family="rhythm",
        title=f"Beat at {low:.0f}-{high:.0f} BPM",
        sentence=f"Largest autocorrelation of onset strength at tempi from {low:.0f} to {high:.0f} BPM.",
        source="Grosche, Mueller & Kurth 2010; librosa.feature.tempogram; Tzanetakis & Cook 2002, sec. II-C",
        output=number - 1,
    )


def _modulation(number: int) -> Feature:
    slow, fast = octave_band(number, SLOWEST_MODULATION, FASTEST_MODULATION, MODULATION_BANDS)
    return Feature(
        name=f"modulation{number}",
        function="over_spans:modulation_bands",
        over="span",
        unit="dB",
        family="rhythm",
        title=f"Swing at {slow:.1f}-{fast:.1f} Hz",
        sentence=f"How strongly onset strength swings {slow:.1f} to {fast:.1f} times a second, of all its swing.",
        source="McKinney & Breebaart 2003",
        output=number - 1,
    )


PERCUSSIVE_WAVEFORM = Feature(
    name="perceptr",
    function="over_spans:percussive_samples",
    over="values",
    unit="1",
    family="rhythm",
    title="Percussive waveform",
    sentence="Samples of what begins and is gone: hits.",
    source="Fitzgerald 2010; librosa.effects.hpss",
    of="samples",
)
ONSET_STRENGTH = Feature(
    name="onset_strength",
    function="over_frames:onset_strength",
    over="frames",
    unit="dB",
    family="rhythm",
    title="Onset strength",
    sentence="Rise of the mel spectrum from frame to frame, mean over its bands.",
    source="Boeck & Widmer 2013; librosa.onset.onset_strength",
)
TEMPO = Feature(
    name="tempo",
    function="over_spans:tempo",
    over="span",
    unit="BPM",
    family="rhythm",
    title="Tempo",
    sentence="Strongest tempo, weighed by how common a tempo is; 0 where nothing begins.",
    source=_TEMPO_SOURCE,
)
LOG_TEMPO = Feature(
    name="log_tempo",
    function="over_spans:log_tempo",
    over="span",
    unit="log2 BPM",
    family="rhythm",
    title="Tempo",
    sentence="Tempo on a scale of octaves; that of 120 BPM where nothing begins.",
    source=_TEMPO_SOURCE,
)
PULSE_CLARITY = Feature(
    name="pulse_clarity",
    function="over_spans:pulse_clarity",
    over="span",
    unit="1",
    family="rhythm",
    title="Pulse clarity",
    sentence="Largest autocorrelation of onset strength between 40 and 240 BPM: how machine-like the beat is.",
    source="Lartillot et al. 2008",
)
ONSET_RATE = Feature(
    name="onset_rate",
    function="over_spans:onset_rate",
    over="span",
    unit="1/s",
    family="rhythm",
    title="Onsets per second",
    sentence="Peaks of onset strength that stand out, per second.",
    source="librosa.onset.onset_detect, with scipy.signal.find_peaks",
)

TEMPO_BAND = tuple(_tempo_band(number) for number in range(1, TEMPO_BANDS + 1))

MODULATION = tuple(_modulation(number) for number in range(1, MODULATION_BANDS + 1))
