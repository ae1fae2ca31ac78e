"""Tables of what a collection holds: `data/C/` after `synthesise`, `ingest` or `import_table`."""

from classically_punk.contracts.tables.common import CLIP, GROUP, RECORDING, SONG
from classically_punk.contracts.tables.schema import Table, number, text, whole

STATUSES = ("ok", "flagged", "rejected")

MEASURED = (
    number("peak_dbfs", "dBFS", "Largest sample, by size; blank without audio or for silence.", blank=True),
    number("rms_dbfs", "dBFS", "Root mean square of the samples; blank without audio or for silence.", blank=True),
    number("clipped_share", "share", "Samples that lie on a flat top; blank without audio.", blank=True),
    number(
        "silent_share", "share", "Part of the clip that lies below `ingest.silence`; blank without audio.", blank=True
    ),
    number("dc_offset", "full scale", "Mean of the samples; blank without audio.", blank=True),
)
"""What is measured of the samples of a clip, beside its duration."""

CLIPS = Table(
    "clips.csv",
    "A member of the archive that claims to be a clip, rejected ones too.",
    (
        CLIP,
        text("label", "Genre that the folder around the clip names; blank where there is none.", blank=True),
        GROUP,
        SONG,
        RECORDING,
        text("member", "Path of the clip in its archive or folder."),
        text("container", "Container that the content was recognised as; blank where none was.", blank=True),
        text("codec", "Codec inside the container; blank where none was recognised.", blank=True),
        whole("source_rate", "Hz", "Sample rate of the source; blank where it is not known.", blank=True),
        whole("source_channels", "count", "Channels of the source; blank where they are not known.", blank=True),
        number("duration", "s", "Length of the canonical clip; blank for a rejected one.", blank=True),
        text("md5", "Checksum of the canonical clip's file; blank where there is none.", blank=True),
        *MEASURED,
        text("status", "Whether the clip is used, used with a fault, or not.", among=STATUSES),
        text(
            "reasons", "Faults, as in `contracts.faults`, joined by semicolons; blank for a faultless clip.", blank=True
        ),
        text("detail", "The faults in sentences; blank for a faultless clip.", blank=True),
        text("collection", "How much of the whole collection is here; blank for one of unknown size.", blank=True),
    ),
    key=("clip",),
    sorted_by=("clip",),
)

ANNOTATIONS = Table(
    "annotations.csv",
    "What others wrote about a clip of clips.csv.",
    (
        CLIP,
        text("artist", "Artist of the clip, as credited; blank where it is not known.", blank=True),
        text("artist_id", "Identifier of the artist in a published list; blank where it has none.", blank=True),
        text("title", "Title of the song; blank where it is not known.", blank=True),
        whole("artist_fold", "place", "Published artist fold of the clip; blank where it is in none.", blank=True),
        text(
            "fault_filtered",
            "Part of the published fault-filtered split; blank where there is no such split.",
            blank=True,
            among=("train", "valid", "test", "left_out"),
        ),
        text("known_fault", "What others found wrong with the clip or its label; blank for nothing.", blank=True),
        text("right_label", "Genre that it should be under, where that is known of a wrong label.", blank=True),
        text("licence", "Licence of the recording; blank where it is not known.", blank=True),
    ),
    key=("clip",),
    sorted_by=("clip",),
)

WRONG_LABELS = Table(
    "wrong_labels.csv",
    "A clip whose label is known to be wrong, as a user may list them in data/raw/C.",
    (CLIP, text("right", "Genre that it should be under; blank where that is not known.", blank=True)),
    key=("clip",),
    sorted_by=("clip",),
)

ARTISTS = Table(
    "artists.csv",
    "A clip of the demonstration corpus that can be used, and who plays it.",
    (
        CLIP,
        text("artist", "Artist of the clip."),
    ),
    key=("clip",),
    sorted_by=("clip",),
)

PLANTED_FAULTS = Table(
    "planted_faults.csv",
    "A fault that was planted in the demonstration corpus.",
    (
        text("fault", "Name of the planted fault."),
        text("member", "Path of the faulty file in the archive."),
        CLIP,
        text("partner", "Clip that the faulty one repeats; blank where it repeats none.", blank=True),
        text("genre", "Genre that is really played."),
        text("how", "How the fault was made."),
        text("expected_status", "Status that `ingest` must give.", among=STATUSES),
        text("expected_reasons", "Faults that `ingest` must give, joined by semicolons; it may give more.", blank=True),
    ),
    key=("member",),
    sorted_by=("clip",),
)
