"""`punk serve`: the service, when the extra is installed."""

from pathlib import Path

from classically_punk.bundle.reading import DEFAULT
from classically_punk.foundation.errors import PunkError

INSTALL = 'pip install "classically-punk[serve]"'


def serve(bundle: Path | None, host: str | None, port: int | None, workers: int | None) -> None:
    """Raises PunkError when the extra is not installed, a setting makes no sense, or there is no bundle."""
    try:
        from classically_punk.serving.http.server import run
        from classically_punk.serving.http.settings import PREFIX, read_settings
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("classically_punk"):
            raise
        raise PunkError(f"the service needs {error.name}, which is not installed: {INSTALL}, or make serve") from error
    import os

    if bundle is None and f"{PREFIX}BUNDLE" not in os.environ:
        bundle = DEFAULT
    run(read_settings(bundle=bundle, host=host, port=port, workers=workers))
