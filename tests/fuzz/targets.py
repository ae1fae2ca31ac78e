"""What is fuzzed: one entry each."""

from . import archives, audio, entries, over_http, parameters
from .running import Target

TARGETS = {
    target.name: target
    for target in (
        Target("audio", "audio files, decoded and examined as `ingest` does", audio.make, audio.judge),
        Target("archives", "tar and zip archives, read member by member", archives.make, archives.judge),
        Target("params", "params.yaml", parameters.make, parameters.judge),
        Target("requests", "requests to the service, over TCP", over_http.make, over_http.judge),
        Target("cache", "entries of the content cache", entries.make, entries.judge),
    )
}
