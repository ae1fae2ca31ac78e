"""What a genre is made of here: rhythm, harmony, band and production, each of which can be borrowed by another."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Hits = str
"""A bar in 16 steps: `X` accent, `x` plain, `o` soft, `.` nothing."""

VELOCITIES: Mapping[str, float] = {"X": 1.0, "x": 0.75, "o": 0.4}
STEPS_PER_BAR = 16
STEPS_PER_BEAT = 4
BEATS_PER_BAR = 4

CompingManner = Literal["block", "strum", "arpeggio"]
BassManner = Literal["root", "fifth", "octave", "walking", "boogie", "melodic"]
SwungNote = Literal["eighth", "sixteenth"]
KitVoice = Literal["kick", "snare", "rim", "clap", "hat", "open", "ride", "tom"]


@dataclass(frozen=True)
class Comping:
    """How the chords are played. `gate`: beats for which a stroke sounds."""

    hits: Hits
    gate: float
    manner: CompingManner = "block"


@dataclass(frozen=True)
class BassLine:
    """How the bass moves under a chord. `gate`: beats for which a note sounds."""

    hits: Hits
    gate: float
    manner: BassManner


@dataclass(frozen=True)
class Rhythm:
    """
    tempo     : beats per minute
    swing     : where in its span the second of two `swung` notes falls: 0.5 straight, 0.67 triplets
    looseness : s, standard deviation of the players' timing
    drums     : patterns to choose from, each voice's hits; empty mappings are bars without drums
    """

    tempo: float
    swing: float
    swung: SwungNote
    looseness: float
    drums: tuple[Mapping[KitVoice, Hits], ...]
    comping: tuple[Comping, ...]
    bass: tuple[BassLine, ...]


@dataclass(frozen=True)
class Harmony:
    """
    progressions   : to choose from; chord symbols in C, one a bar, for example `C Am F G`
    scale          : of the melody, a name in `harmony.SCALES`
    density        : share of the eighths on which the melody starts a note, 0..1
    register       : MIDI number around which the melody moves
    chord_register : MIDI number around which the chords lie
    """

    progressions: tuple[str, ...]
    scale: str
    density: float
    register: int
    chord_register: int


@dataclass(frozen=True)
class Kit:
    """Drum sounds: pitches and cutoffs in Hz, decays in s, `wires` (snare noise against its tone) 0..1."""

    kick_pitch: float
    kick_decay: float
    snare_pitch: float
    snare_decay: float
    wires: float
    cymbal_cutoff: float
    cymbal_decay: float


@dataclass(frozen=True)
class Band:
    """Instruments to choose from, by their names in `instruments.INSTRUMENTS`, and the drum kit."""

    chords: tuple[str, ...]
    bass: tuple[str, ...]
    lead: tuple[str, ...]
    kit: Kit


@dataclass(frozen=True)
class Production:
    """The sound of the recording; every value can be mixed with another genre's.

    drums, bass, chords, lead : level of each group before mixing, dB
    tilt       : slope of the spectrum, dB per octave around 1 kHz
    cutoff     : where the recording stops, Hz
    drive      : saturation of the whole mix; 0 is none
    room       : reverberation time, s
    wet        : reverberation against direct sound, dB
    loudness   : RMS level, dBFS
    swell      : depth of slow changes of level, dB
    hiss       : level of background noise, dB against the music
    """

    drums: float
    bass: float
    chords: float
    lead: float
    tilt: float
    cutoff: float
    drive: float
    room: float
    wet: float
    loudness: float
    swell: float
    hiss: float


@dataclass(frozen=True)
class Genre:
    """A genre as it is designed, before `overlap` moves it toward the others."""

    name: str
    rhythm: Rhythm
    harmony: Harmony
    band: Band
    production: Production
