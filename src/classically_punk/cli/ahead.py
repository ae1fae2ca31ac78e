"""What takes long to start, begun while Python still imports what is needed after it."""

import threading
from contextlib import suppress

from classically_punk.audio import isolated
from classically_punk.audio.decode import DecodingLimits, Undecodable
from classically_punk.foundation.errors import PunkError


def start_decoder() -> threading.Thread:
    """Starts this process' decoder, which is asked about nothing. Where it does not start, the first file says why."""
    thread = threading.Thread(target=_ask_about_nothing, daemon=True)
    thread.start()
    return thread


def _ask_about_nothing() -> None:
    with suppress(Undecodable, PunkError):
        isolated.decode(b"", "", DecodingLimits(0.0, 1.0))
