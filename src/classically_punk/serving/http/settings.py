"""What the service may use, from environment variables: `PUNK_SERVE_PORT=9000`. Times are in s, sizes in bytes."""

import os
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from classically_punk.foundation import machine
from classically_punk.foundation.errors import PunkError

PREFIX = "PUNK_SERVE_"
MIB = 2**20

Seconds = Annotated[float, Field(gt=0, le=3600)]
Count = Annotated[int, Field(ge=1, le=100_000)]


class Settings(BaseSettings):
    """Each is an environment variable: `PUNK_SERVE_` and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    bundle: Annotated[Path, Field(description="the file of the model that answers")]
    host: Annotated[str, Field(description="the address it listens at; 0.0.0.0 is every one")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="0 takes any that is free")] = 8000
    workers: Annotated[int, Field(ge=1, le=256, description="processes that decode, describe and answer")] = Field(
        default_factory=machine.workers
    )

    body: Annotated[int, Field(ge=1024, le=2**31, description="bytes of one request")] = 128 * MIB
    buffered: Annotated[int, Field(ge=1024, le=2**36, description="bytes of all requests in memory")] = 512 * MIB
    duration: Annotated[float, Field(ge=0.5, le=3600, description="s of audio in one file")] = 600.0
    batch: Annotated[Count, Field(description="files in one batch")] = 64
    concurrency: Annotated[Count, Field(description="requests at a time; the next one is told to come back")] = 64
    connections: Annotated[Count, Field(description="open connections; the next one is closed")] = 512
    queue: Annotated[int, Field(ge=0, le=100_000, description="requests that wait for a process")] = 32

    head_time: Annotated[Seconds, Field(description="until the head of a request is there")] = 10.0
    idle_time: Annotated[Seconds, Field(description="between two pieces of a body; also of ours")] = 10.0
    body_time: Annotated[Seconds, Field(description="until a body is whole")] = 120.0
    queue_time: Annotated[Seconds, Field(description="until a process is free")] = 20.0
    decode_time: Annotated[Seconds, Field(description="to decode one file")] = 30.0
    answer_time: Annotated[Seconds, Field(description="to describe and answer one file")] = 60.0
    stop_time: Annotated[Seconds, Field(description="in which what runs may end after SIGTERM")] = 30.0

    growth: Annotated[int, Field(ge=MIB, description="bytes that a process may grow by before it is replaced")] = (
        256 * MIB
    )
    log: Annotated[Literal["json", "text"], Field(description="form of the log, on standard error")] = "json"
    column_log: Annotated[
        Path | None, Field(description="file that gets the columns of every answer, without audio, for `punk drift`")
    ] = None
    column_log_size: Annotated[int, Field(ge=1024, description="from which that file is put aside, three times")] = (
        256 * MIB
    )


def read_settings(**given: object) -> Settings:
    """From the environment; what is `given` and not None goes before it. Raises PunkError naming the variable, also for
    one that is no setting: a limit that is misspelt would be none."""
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and name.removeprefix(PREFIX).lower() not in Settings.model_fields:
            near = get_close_matches(name, [PREFIX + field.upper() for field in Settings.model_fields], 1)
            meant = f"did you mean {near[0]}?" if near else "docs/operating.md lists them"
            raise PunkError(f"{name}: there is no such setting; {meant}")
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + "_".join(str(part) for part in first["loc"]).upper()
        raise PunkError(f"{name}: {first['msg'][:300]}") from error
