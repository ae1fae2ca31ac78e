"""What /openapi.json shows beside the routes: a body, an answer, and every error with its sentence."""

from typing import Any

_VERDICT = {"genre": "metal", "sure": True, "best": "metal", "probabilities": {"jazz": 0.04, "metal": 0.96}}

ANSWER: dict[str, Any] = {
    **_VERDICT,
    "candidates": [{"genre": "metal", "probability": 0.96}, {"genre": "jazz", "probability": 0.04}],
    "basis": {
        "length": 30.0,
        "fitted_to": "clips",
        "rule": "ols",
        "title": "Linear regression",
        "asked": "whole",
        "inverse_temperature": 12.2,
        "protocol": "clip",
        "accuracy": {"value": 0.6, "low": 0.5, "high": 0.7, "n": 100, "n_groups": None},
        "coverage": 0.7,
        "answered": {"value": 0.7, "low": 0.6, "high": 0.8, "n": 70, "n_groups": None},
        "calibration_error": 0.05,
        "policy": "cost",
    },
    "clip": {
        "duration": 30.0,
        "peak_dbfs": -0.5,
        "rms_dbfs": -14.2,
        "clipped_share": 0.0,
        "silent_share": 0.0,
        "faults": [{"fault": "resampled", "sentence": "The source had another rate than 22050 Hz and was converted."}],
        "container": "mp3",
        "codec": "MPEG_LAYER_III",
        "source_rate": 44100,
        "source_channels": 2,
    },
    "parts": [],
    "timeline": {"length": 3.0, "windows": [{"start": 0.0, "duration": 3.0, **_VERDICT}]},
    "explanation": {
        "winner": "metal",
        "runner_up": "jazz",
        "margin": 0.31,
        "intercept": 0.01,
        "families": [{"family": "timbre", "contribution": 0.3}],
        "columns": [
            {
                "column": "flatness_mean",
                "title": "spectral flatness",
                "family": "timbre",
                "unit": "dB",
                "value": -18.2,
                "farther_than": 0.97,
                "standardised": 1.9,
                "contribution": 0.3,
                "words": "spectral flatness: higher than in 97 of 100 training clips",
            }
        ],
        "words": ["noisier than most: +0.30 for metal"],
    },
    "novelty": {"distance": 0.2, "farther_than": 0.4, "unlike": False},
    "model": {"name": "gtzan_mini", "title": "GTZAN mini", "sha256": "0" * 64},
    "request_id": "6d993bcaa386435882bf71d373f9fb71",
}
"""Of the form of an answer; its numbers are made up."""

_ERRORS = {
    400: ("bad_request", "query.detail: Input should be 'brief', 'top' or 'all'."),
    403: ("foreign_page", "Requests that pages of other sites make are not answered."),
    408: ("too_slow", "Nothing of the body came for 10 s. Try again with a better connection, or a smaller file."),
    413: ("too_large", "The body is larger than 128 MiB; send a shorter clip, or an MP3."),
    415: ("unsupported_media", "Holds no audio container that is known here."),
    422: ("no_music", "100% of it is silence."),
    503: ("busy", "All processes are at work, and as many requests as may wait for one do; try again soon."),
    504: ("timeout", "There was no answer within 60 s; send a shorter clip, or try again."),
}

AUDIO = {
    "requestBody": {
        "required": True,
        "description": "An audio file as it is: WAV, FLAC, Ogg, MP3, AIFF, AU, CAF, W64; what it is, its content says.",
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}} for kind in ("application/octet-stream", "audio/*")
        },
    }
}

BATCH = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"example": {"clips": [{"name": "one.wav", "audio": "UklGRi4uLg=="}, {"audio": "..."}]}}
        },
    }
}


def responses(example: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    """An answer, and the errors that may stand in its place."""
    schema = {
        "type": "object",
        "required": ["error", "code"],
        "properties": {name: {"type": "string"} for name in ("error", "code", "fault")},
    }
    found: dict[int | str, dict[str, Any]] = {200: {"content": {"application/json": {"example": example}}}}
    for status, (code, sentence) in _ERRORS.items():
        shown = {"schema": schema, "example": {"error": sentence, "code": code}}
        found[status] = {"description": code.replace("_", " "), "content": {"application/json": shown}}
    return found
