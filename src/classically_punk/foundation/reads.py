"""Which parameters are read: every section of params.yaml knows its place there, and tells when a key of it is read.

DVC reruns a stage when a parameter changes that dvc.yaml declares for it, and cannot know what else the stage reads.
So the sections that a stage is given tell a `Reader`, who refuses what is not declared: in worker processes too, for
sections take it along when they are copied or pickled.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, PrivateAttr

from classically_punk.foundation.errors import PunkError

WHOLE = "*"
"""In the place of a key: the section was dumped, as for a page or a cache key, and no key of it used."""


@dataclass(frozen=True)
class Reader:
    """A stage that reads parameters.

    stage    : its name in dvc.yaml
    declared : the addresses that dvc.yaml declares for it, as in `ols` or `ols.vif_limit`
    log      : a file; each address read is appended to it as `stage address`, again for each copy that is pickled
    """

    stage: str
    declared: tuple[str, ...]
    log: Path | None = None
    _told: set[str] = field(default_factory=set, repr=False, compare=False)

    def read(self, address: str) -> None:
        """Notes that `address` was read. Raises PunkError when it is not declared."""
        if address in self._told:
            return
        if not any(covers(declared, address) for declared in self.declared):
            raise PunkError(
                f"stage {self.stage} reads {address} of params.yaml, which dvc.yaml does not declare for it: list it, "
                f"or its section, under stages.{self.stage}.params, or DVC will not see that it changes"
            )
        self._told.add(address)
        if self.log is not None:
            with self.log.open("a", encoding="utf-8") as file:
                file.write(f"{self.stage} {address}\n")


def covers(declared: str, address: str) -> bool:
    """Whether `address` is `declared` or stands below it."""
    return address == declared or address.startswith(f"{declared}.")


class Readable(BaseModel):
    """A section whose keys tell a Reader when they are read; without one, an ordinary model."""

    _reader: Reader | None = PrivateAttr(default=None)
    _place: str = PrivateAttr(default="")

    if not TYPE_CHECKING:  # to mypy, a class with __getattribute__ has every attribute

        def __getattribute__(self, name: str) -> Any:
            value = super().__getattribute__(name)
            if name in type(self).__pydantic_fields__ and not _holds_sections(value):
                self._tell(name)
            return value

    def model_dump(self, **options: Any) -> dict[str, Any]:
        self._tell(WHOLE)
        return super().model_dump(**options)

    def model_dump_json(self, **options: Any) -> str:
        self._tell(WHOLE)
        return super().model_dump_json(**options)

    def __iter__(self) -> Generator[tuple[str, Any], None, None]:
        self._tell(WHOLE)
        yield from super().__iter__()

    def _tell(self, key: str) -> None:
        private = getattr(self, "__pydantic_private__", None)  # none yet while the values are being checked
        if private and private["_reader"] is not None:
            private["_reader"].read(f"{private['_place']}.{key}".removeprefix("."))


Section = TypeVar("Section", bound=Readable)


def readable(section: Section, reader: Reader) -> Section:
    """A copy of the whole of params.yaml that tells `reader` which of its keys are read."""
    copied = section.model_copy(deep=True)
    _place(copied, reader, "")
    return copied


def _place(held: object, reader: Reader, place: str) -> None:
    """Sections in a mapping stand below its keys; those in a list share the address of the list."""
    if isinstance(held, Readable):
        for name, value in vars(held).items():
            _place(value, reader, f"{place}.{name}".removeprefix("."))
        held._reader, held._place = reader, place
    elif isinstance(held, Mapping):
        for name, value in held.items():
            _place(value, reader, f"{place}.{name}")
    elif isinstance(held, list):
        for value in held:
            _place(value, reader, place)


def _holds_sections(value: object) -> bool:
    """Whether what was asked for is a section, or a mapping of them: only what is read of it counts."""
    return isinstance(value, Readable) or (
        isinstance(value, Mapping) and all(isinstance(each, Readable) for each in value.values())
    )
