"""The ten genres as they are designed: the names are GTZAN's, the music is textbook."""

from classically_punk.corpora.demo.style import Band, BassLine, Comping, Genre, Harmony, Kit, Production, Rhythm

BLUES = Genre(
    "blues",
    Rhythm(
        tempo=98,
        swing=0.65,
        swung="eighth",
        looseness=0.010,
        drums=(
            {"kick": "X.......x.x.....", "snare": "....X.......X...", "hat": "x.x.x.x.x.x.x.x."},
            {"kick": "X.......X.......", "snare": "....X..o....X..o", "ride": "X.x.x.x.X.x.x.x."},
        ),
        comping=(Comping("x.x.x.x.x.x.x.x.", 0.35), Comping("..x...x...x...x.", 0.3)),
        bass=(BassLine("x...x...x...x...", 0.85, "boogie"), BassLine("x.x.x.x.x.x.x.x.", 0.4, "boogie")),
    ),
    Harmony(
        ("C7 F7 C7 C7 F7 F7 C7 C7 G7 F7 C7 G7", "C7 C7 C7 C7 F7 F7 C7 C7 G7 F7 C7 C7"),
        scale="blues",
        density=0.5,
        register=67,
        chord_register=57,
    ),
    Band(
        ("piano", "clean_guitar"),
        ("upright_bass", "finger_bass"),
        ("blues_guitar", "harmonica"),
        Kit(62, 0.11, 185, 0.11, 0.65, 6000, 0.035),
    ),
    Production(-4, -3, -4, 0, -1.2, 6500, 0.5, 0.5, -17, -19, 1.0, -48),
)

CLASSICAL = Genre(
    "classical",
    Rhythm(
        tempo=84,
        swing=0.5,
        swung="eighth",
        looseness=0.015,
        drums=({},),
        comping=(
            Comping("x.x.x.x.x.x.x.x.", 0.6, "arpeggio"),
            Comping("xxxxxxxxxxxxxxxx", 0.4, "arpeggio"),
            Comping("x...............", 3.8),
        ),
        bass=(BassLine("x.......x.......", 1.9, "fifth"), BassLine("x...............", 3.8, "root")),
    ),
    Harmony(
        ("C G Am Em F C F G", "C F G C Am Dm G C", "Cm Fm G Cm Ab Fm G G"),
        scale="major",
        density=0.45,
        register=74,
        chord_register=64,
    ),
    Band(
        ("piano", "strings", "harpsichord"),
        ("cello",),
        ("strings", "flute"),
        Kit(60, 0.2, 170, 0.15, 0.5, 6000, 0.06),
    ),
    Production(-12, -4, -3, 0, -1.5, 9000, 0.0, 1.8, -8, -25, 7.0, -60),
)

COUNTRY = Genre(
    "country",
    Rhythm(
        tempo=112,
        swing=0.53,
        swung="eighth",
        looseness=0.007,
        drums=(
            {"kick": "X.......X.......", "snare": "ooxoXoxooxoxXoxo"},
            {"kick": "X.......X.......", "rim": "....X.......X...", "hat": "x.x.x.x.x.x.x.x."},
        ),
        comping=(Comping("....X..x....X.x.", 0.5, "strum"), Comping("x.x.X.xxx.x.X.xx", 0.4, "strum")),
        bass=(BassLine("X.......x.......", 1.2, "fifth"), BassLine("X.......x...o...", 0.9, "fifth")),
    ),
    Harmony(
        ("C C F C C C G G", "C F C G", "G C D G C G D G"),
        scale="major_pentatonic",
        density=0.55,
        register=70,
        chord_register=62,
    ),
    Band(
        ("acoustic_guitar",),
        ("upright_bass", "finger_bass"),
        ("steel_guitar", "fiddle", "twang_guitar", "voice"),
        Kit(65, 0.09, 210, 0.07, 0.8, 7000, 0.025),
    ),
    Production(-7, -3, -1, 0, -0.3, 9500, 0.2, 0.4, -18, -18, 1.0, -58),
)

DISCO = Genre(
    "disco",
    Rhythm(
        tempo=121,
        swing=0.5,
        swung="eighth",
        looseness=0.002,
        drums=(
            {
                "kick": "X...X...X...X...",
                "clap": "....X.......X...",
                "open": "..x...x...x...x.",
                "hat": "x...x...x...x...",
            },
            {"kick": "X...X...X...X...", "snare": "....X.......X...", "hat": "xoXoxoXoxoXoxoXo"},
        ),
        comping=(Comping("x..x..x...x.x...", 0.2), Comping("..xx..x...xx..x.", 0.18), Comping("x...............", 3.8)),
        bass=(BassLine("x.x.x.x.x.x.x.x.", 0.35, "octave"), BassLine("x..xx.x.x..xx.x.", 0.3, "octave")),
    ),
    Harmony(
        ("Am7 Dm7 G7 Cmaj7", "Am7 F G Em7", "Dm7 G7 Dm7 G7"),
        scale="dorian",
        density=0.5,
        register=72,
        chord_register=66,
    ),
    Band(
        ("strings", "clavinet", "muted_guitar"),
        ("slap_bass", "finger_bass"),
        ("voice", "brass", "strings"),
        Kit(58, 0.14, 200, 0.12, 0.85, 7500, 0.035),
    ),
    Production(0, -2, -4, -3, 0.3, 10000, 0.4, 0.6, -17, -15, 0.3, -62),
)

HIPHOP = Genre(
    "hiphop",
    Rhythm(
        tempo=91,
        swing=0.58,
        swung="sixteenth",
        looseness=0.004,
        drums=(
            {"kick": "X..x......X..x..", "snare": "....X.......X...", "hat": "x.x.x.x.x.xxx.x."},
            {"kick": "X......x..X.....", "clap": "....X.......X...", "hat": "xoxoxoxoxoxoxoxo"},
            {"kick": "X.x....x.x......", "snare": "....X.......X..o", "hat": "x.x.x.x.x.x.x.x."},
        ),
        comping=(Comping("x.......x.......", 1.5), Comping("x.....x.........", 1.0), Comping("x..x..x.x..x..x.", 0.3)),
        bass=(BassLine("X..x......X..x..", 0.8, "root"), BassLine("X.........X.....", 1.5, "root")),
    ),
    Harmony(("Cm7 Cm7 Abmaj7 G7", "Cm Cm Cm Cm", "Fm7 Cm7 Fm7 Cm7"), "minor_pentatonic", 0.75, 55, 60),
    Band(
        ("electric_piano", "piano", "synth_pluck"),
        ("sub_bass",),
        ("spoken_voice",),
        Kit(48, 0.22, 180, 0.13, 0.8, 7500, 0.022),
    ),
    Production(1, 1, -8, -2, -0.8, 8500, 1.0, 0.25, -24, -14, 0.0, -45),
)

JAZZ = Genre(
    "jazz",
    Rhythm(
        tempo=148,
        swing=0.65,
        swung="eighth",
        looseness=0.010,
        drums=(
            {"ride": "X...x.x.X...x.x.", "hat": "....x.......x...", "kick": "o...o...o...o..."},
            {"ride": "X...x.xoX...x.x.", "hat": "....x.......x...", "snare": "......o.......o."},
        ),
        comping=(Comping("x.....x.........", 0.6), Comping("......x.......x.", 0.5), Comping("..x.......x..x..", 0.4)),
        bass=(BassLine("x...x...x...x...", 0.9, "walking"),),
    ),
    Harmony(
        ("Dm7 G7 Cmaj7 A7", "Cmaj7 A7 Dm7 G7", "Dm7 G7 Cmaj7 Fmaj7 Bm7b5 G7 Am7 A7", "Dm7 Dm7 Dm7 Dm7"),
        scale="bebop",
        density=0.65,
        register=69,
        chord_register=61,
    ),
    Band(
        ("piano", "electric_piano", "clean_guitar"),
        ("upright_bass",),
        ("saxophone", "muted_trumpet", "piano"),
        Kit(72, 0.08, 200, 0.08, 0.8, 5500, 0.04),
    ),
    Production(-6, -3, -5, 0, -1.0, 8500, 0.0, 0.7, -15, -21, 2.0, -54),
)

METAL = Genre(
    "metal",
    Rhythm(
        tempo=168,
        swing=0.5,
        swung="eighth",
        looseness=0.003,
        drums=(
            {"kick": "xxxxxxxxxxxxxxxx", "snare": "....X.......X...", "ride": "X...X...X...X..."},
            {"kick": "x.x.x.x.x.x.x.x.", "snare": ".x.x.x.x.x.x.x.x", "ride": "x.x.x.x.x.x.x.x."},
            {"kick": "X.xxX.xxX.xxX.xx", "snare": "....X.......X...", "open": "X...X...X...X..."},
        ),
        comping=(Comping("x.xxx.xxx.xxx.xx", 0.22), Comping("xxxxxxxxxxxxxxxx", 0.2), Comping("X.......X..xX...", 1.5)),
        bass=(BassLine("x.xxx.xxx.xxx.xx", 0.22, "root"), BassLine("x.x.x.x.x.x.x.x.", 0.45, "root")),
    ),
    Harmony(
        ("E5 E5 F5 G5", "E5 E5 Bb5 A5", "E5 C5 D5 E5"), scale="phrygian", density=0.45, register=66, chord_register=44
    ),
    Band(
        ("high_gain_guitar",),
        ("pick_bass",),
        ("growl", "solo_guitar"),
        Kit(60, 0.07, 190, 0.12, 0.75, 6000, 0.05),
    ),
    Production(-1, -5, 2, -5, 0.4, 9500, 1.6, 0.3, -22, -12, 0.0, -60),
)

POP = Genre(
    "pop",
    Rhythm(
        tempo=113,
        swing=0.5,
        swung="eighth",
        looseness=0.003,
        drums=(
            {"kick": "X.....x.X.......", "snare": "....X.......X...", "hat": "x.x.x.x.x.x.x.x."},
            {"kick": "X...X...X...X...", "clap": "....X.......X...", "hat": "..x...x...x...x."},
            {"kick": "X..x..x.X..x..x.", "snare": "....X.......X...", "hat": "xoxoxoxoxoxoxoxo"},
        ),
        comping=(
            Comping("x...............", 3.8),
            Comping("x.x.x.x.x.x.x.x.", 0.4, "arpeggio"),
            Comping("x..x..x.x..x..x.", 0.5),
        ),
        bass=(BassLine("x.x.x.x.x.x.x.x.", 0.45, "root"), BassLine("x..x..x.x..x..x.", 0.5, "root")),
    ),
    Harmony(
        ("C G Am F", "Am F C G", "F G Am C", "C Am F G"),
        scale="major",
        density=0.6,
        register=69,
        chord_register=63,
    ),
    Band(
        ("synth_pad", "piano", "synth_pluck", "acoustic_guitar"),
        ("finger_bass", "sub_bass"),
        ("voice", "synth_lead"),
        Kit(56, 0.13, 210, 0.13, 0.8, 8000, 0.03),
    ),
    Production(-1, -2, -4, 1, 0.4, 10500, 0.6, 0.7, -17, -14, 0.5, -66),
)

REGGAE = Genre(
    "reggae",
    Rhythm(
        tempo=74,
        swing=0.57,
        swung="sixteenth",
        looseness=0.006,
        drums=(
            {"kick": "........X.......", "rim": "........X.......", "hat": "x.x.x.x.x.x.x.x."},
            {"kick": "X.......X.......", "snare": "........X.....o.", "hat": "x.xox.xox.xox.xo"},
            {"kick": "X...X...X...X...", "rim": "........X..o....", "hat": "x.x.x.x.x.x.x.x."},
        ),
        comping=(
            Comping("....X.......X...", 0.2),
            Comping("..x...x...x...x.", 0.18),
            Comping("....X.x.....X.x.", 0.18),
        ),
        bass=(BassLine("x..x..x...x.x...", 0.5, "melodic"), BassLine("..x.x.x.x.....x.", 0.55, "melodic")),
    ),
    Harmony(("Am G Am G", "C F C G", "Am Dm Am Dm", "C Dm C Dm"), "minor_pentatonic", 0.4, 67, 64),
    Band(
        ("clean_guitar", "organ"),
        ("dub_bass",),
        ("voice", "organ", "harmonica"),
        Kit(55, 0.13, 230, 0.1, 0.6, 7500, 0.025),
    ),
    Production(-4, 3, -3, -3, -1.4, 8000, 0.3, 0.9, -13, -18, 0.5, -56),
)

ROCK = Genre(
    "rock",
    Rhythm(
        tempo=128,
        swing=0.5,
        swung="eighth",
        looseness=0.006,
        drums=(
            {"kick": "X.......X.x.....", "snare": "....X.......X...", "hat": "x.x.x.x.x.x.x.x."},
            {"kick": "X..x....X.x..x..", "snare": "....X.......X...", "open": "x...x...x...x..."},
            {"kick": "X.....x.X.......", "snare": "....X.......X.x.", "ride": "x.x.x.x.x.x.x.x."},
        ),
        comping=(Comping("X.x.x.x.X.x.x.x.", 0.42), Comping("X.....x.X...x.x.", 0.8), Comping("X...x.x.X...x.x.", 0.6)),
        bass=(BassLine("x.x.x.x.x.x.x.x.", 0.45, "root"), BassLine("X.....x.X...x.x.", 0.7, "root")),
    ),
    Harmony(
        ("C5 Bb5 F5 C5", "A5 C5 D5 A5", "C G F C", "C5 Eb5 F5 C5"),
        scale="minor_pentatonic",
        density=0.45,
        register=67,
        chord_register=50,
    ),
    Band(
        ("crunch_guitar",),
        ("pick_bass", "finger_bass"),
        ("solo_guitar", "voice"),
        Kit(60, 0.12, 185, 0.14, 0.7, 6000, 0.05),
    ),
    Production(-1, -3, 0, -2, 0.0, 9000, 1.0, 0.5, -19, -14, 0.5, -58),
)

GENRES: dict[str, Genre] = {
    genre.name: genre for genre in (BLUES, CLASSICAL, COUNTRY, DISCO, HIPHOP, JAZZ, METAL, POP, REGGAE, ROCK)
}
"""Every genre by its name, in alphabetical order."""
