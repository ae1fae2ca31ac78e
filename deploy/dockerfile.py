"""A Dockerfile as data: enough of the language for the one beside `deploy/`, and a refusal of all else, so that no step
is passed over."""

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass

KNOWN = frozenset(
    {
        *("FROM", "WORKDIR", "RUN", "COPY", "ARG", "ENV", "USER"),
        *("EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT", "CMD"),
    }
)


@dataclass(frozen=True)
class Step:
    """One instruction. text : what follows its name, continued lines joined"""

    name: str
    text: str

    @property
    def words(self) -> list[str]:
        """As a shell splits them."""
        return shlex.split(self.text)

    @property
    def command(self) -> list[str]:
        """The words of ENTRYPOINT, CMD, or HEALTHCHECK, which stand in their exec form. Raises ValueError otherwise."""
        found = json.loads(self.text[self.text.index("[") :])
        if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
            raise ValueError(f"{self.name}: {self.text}: the exec form, a JSON array, is expected")
        return found

    @property
    def pairs(self) -> dict[str, str]:
        """The variables of ENV or ARG; '' where ARG has no default."""
        split = (word.partition("=") for word in self.words)
        return {name: value for name, _, value in split}


@dataclass(frozen=True)
class Copy:
    """COPY. stage : whence, None for the build's context; sources : paths there; target : a path"""

    stage: str | None
    sources: tuple[str, ...]
    target: str


def parse(text: str) -> list[Step]:
    """The instructions in order. Raises ValueError for one that is not known here."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    steps = []
    for joined in "\n".join(lines).replace("\\\n", " ").splitlines():
        name, _, rest = joined.strip().partition(" ")
        if name not in KNOWN:
            raise ValueError(f"{joined[:80]}: deploy/dockerfile.py does not know this instruction")
        steps.append(Step(name, re.sub(r"\s+", " ", rest).strip()))
    return steps


def stages(steps: list[Step]) -> dict[str, list[Step]]:
    """Steps after each FROM, by the stage's name; the last one, which is the image, by ''. Raises ValueError for a
    step before the first of them."""
    found: dict[str, list[Step]] = {}
    current: list[Step] | None = None
    for step in steps:
        if step.name == "FROM":
            words = step.words
            current = found.setdefault(words[2] if len(words) == 3 else "", [])
        elif current is None:
            raise ValueError(f"{step.name} before the first FROM")
        else:
            current.append(step)
    return found


def base_images(steps: list[Step]) -> list[str]:
    """What each FROM names."""
    return [step.words[0] for step in steps if step.name == "FROM"]


def copy_of(step: Step, variables: Mapping[str, str]) -> Copy:
    """What a COPY copies. Raises ValueError for an option other than --from."""
    words = [expanded(word, variables) for word in step.words]
    options = [word for word in words if word.startswith("--")]
    stage = None
    for option in options:
        name, _, value = option.partition("=")
        if name != "--from":
            raise ValueError(f"COPY {option}: deploy/dockerfile.py does not know this option")
        stage = value
    *sources, target = [word for word in words if word not in options]
    return Copy(stage, tuple(sources), target)


def expanded(text: str, variables: Mapping[str, str]) -> str:
    """`text` with $NAME and ${NAME} replaced. Raises KeyError for a variable that is not set."""
    return re.sub(r"\$(?:\{(\w+)\}|(\w+))", lambda found: variables[found[1] or found[2]], text)
