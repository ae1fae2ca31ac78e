"""Performs the Dockerfile's steps where no docker runs, and does with the result what a cluster would.

    python deploy/prove.py [--python PYTHON] [--bundle FILE]

An empty folder stands for the root of the image: /opt, /build and /tmp lie in it, and the base image's Python is the
one that is named. Its environment holds nothing but what the Dockerfile sets, and where packages come from. Then
nothing but /tmp can be written any more, the service starts as its entry point says, as the user the Dockerfile names
when root starts this, and must become healthy, answer a clip, be ready for clients of the Open Inference Protocol and
for Prometheus, and stop when told to.

What it cannot show: that the base image has what Python's has not, and that its C library is this one.
"""

import argparse
import http.client
import io
import json
import math
import os
import re
import shutil
import signal
import socket
import stat
import struct
import subprocess
import sys
import tempfile
import time
import wave
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from dockerfile import Step, copy_of, expanded, parse, stages

REPOSITORY = Path(__file__).resolve().parent.parent
FOLDERS = ("opt", "build", "tmp")
NETWORK = ("PIP_", "SSL_CERT_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")
"""Where packages come from is the building machine's business: these variables are passed on while it builds."""
PATIENCE = 180  # s until it is healthy
IGNORED = shutil.ignore_patterns("__pycache__", "*.egg-info", "*.pyc")


class Image:
    """A folder that stands for the root of an image."""

    def __init__(self, root: Path, python: str) -> None:
        self.root = root
        for name in FOLDERS:
            (root / name).mkdir()
        (root / "tmp").chmod(0o1777)
        shims = root / "usr" / "bin"
        shims.mkdir(parents=True)
        (shims / "python").symlink_to(python)
        self.base = {"PATH": f"{shims}:/usr/bin:/bin", "HOME": str(root / "tmp"), "LANG": "C.UTF-8"}
        self.variables = dict(self.base)
        self.folder = root
        self.user: int | None = None

    def placed(self, text: str) -> str:
        """`text` with the image's folders in the one that stands for its root."""
        return re.sub(rf"(?<![\w./-])/(?=(?:{'|'.join(FOLDERS)})(?:/|\b))", f"{self.root}/", text)

    def path(self, text: str) -> Path:
        return Path(self.placed(text)) if text.startswith("/") else self.folder / text

    def perform(self, step: Step, given: dict[str, str]) -> None:
        """One step. given : values of ARG"""
        print(f"  {step.name} {step.text}", flush=True)
        if step.name == "WORKDIR":
            self.folder = self.path(step.text)
            self.folder.mkdir(parents=True, exist_ok=True)
        elif step.name in ("ARG", "ENV"):
            for name, value in step.pairs.items():
                stated = given.get(name, value) if step.name == "ARG" else value
                self.variables[name] = self.placed(expanded(stated, self.variables))
        elif step.name == "COPY":
            self._copy(step)
        elif step.name == "RUN":
            building = {name: value for name, value in os.environ.items() if name.startswith(NETWORK)}
            subprocess.run(
                ["sh", "-euc", self.placed(step.text)], cwd=self.folder, env={**building, **self.variables}, check=True
            )
        elif step.name == "USER":
            self.user = int(step.text.partition(":")[0])

    def _copy(self, step: Step) -> None:
        copy = copy_of(step, self.variables)
        if copy.stage is not None:  # both stages have the same root: what is copied is there
            missing = [name for name in copy.sources if not self.path(name).exists() or name != copy.target]
            if missing:
                raise SystemExit(f"COPY --from={copy.stage} {missing[0]}: not there, or copied to another place")
            return
        target = self.path(copy.target)
        for name in copy.sources:
            source = Path(name) if Path(name).is_file() else REPOSITORY / name
            if source.is_dir():
                shutil.copytree(source, target, dirs_exist_ok=True, ignore=IGNORED)
            elif copy.target.endswith("/"):
                target.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, target)
            else:
                shutil.copy(source, target)

    def seal(self) -> None:
        """As the root of a container that is read-only: only /tmp can be written."""
        shutil.rmtree(self.root / "build")
        for path in (self.root, *self.root.rglob("*")):
            inside_tmp = (self.root / "tmp") in (path, *path.parents)
            if not path.is_symlink() and not inside_tmp:
                path.chmod(stat.S_IMODE(path.stat().st_mode) & ~0o222)

    def contents(self) -> dict[str, tuple[int, int]]:
        """Sizes and times of all files but those of /tmp."""
        files = (path for path in (self.root / "opt").rglob("*") if path.is_file())
        return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in files}

    def start(self, command: list[str]) -> subprocess.Popen[bytes]:
        user = self.user if os.geteuid() == 0 else None
        return subprocess.Popen(
            [self.placed(word) for word in command], cwd=self.folder, env=self.variables, user=user, group=user,
            extra_groups=None if user is None else [],
        )  # fmt: skip


def tone(seconds: float = 3.0, rate: int = 22050) -> bytes:
    """A chord with a beat, as a WAV file: music enough for an answer."""
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        for k in range(int(seconds * rate)):
            chord = sum(math.sin(2 * math.pi * pitch * k / rate) for pitch in (220.0, 277.2, 329.6)) / 3
            file.writeframesraw(struct.pack("<h", int(12000 * chord * math.exp(-4 * ((2 * k / rate) % 1)))))
    return target.getvalue()


def asked(port: int, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body, {"Content-Type": "application/octet-stream"} if body else {})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def require(holds: bool, sentence: str) -> None:
    if not holds:
        raise SystemExit(f"not so: {sentence}")
    print(f"  {sentence}", flush=True)


def use(image: Image, steps: list[Step], started: subprocess.Popen[bytes], port: int) -> None:
    """What a cluster and its clients do with the service."""
    health = next(step for step in steps if step.name == "HEALTHCHECK").command
    began = time.monotonic()
    while image.start(health).wait() != 0:
        if started.poll() is not None:
            raise SystemExit(f"it ended with status {started.returncode} before it was healthy")
        if time.monotonic() - began > PATIENCE:
            raise SystemExit(f"not healthy within {PATIENCE} s")
        time.sleep(1)
    require(True, f"healthy {time.monotonic() - began:.0f} s after it was started, says HEALTHCHECK")
    status, body = asked(port, "POST", "/v1/classify", tone())
    answer = json.loads(body)
    require(
        status == 200, f"POST /v1/classify: {answer.get('best')}, sure: {answer.get('sure')} {answer.get('error', '')}"
    )
    status, body = asked(port, "GET", f"/v2/models/{answer['model']['name']}/ready")
    require(status == 200, "the Open Inference Protocol says that the model is ready")
    status, body = asked(port, "GET", "/metrics")
    require(status == 200 and b"punk_answers_total" in body, "GET /metrics counts the answer")
    status, _ = asked(port, "GET", "/")
    require(status == 200, "GET / is the page")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--python", default=sys.executable, help="stands for the base image's Python")
    parser.add_argument("--bundle", default=None, help="the bundle of the image, instead of the Dockerfile's")
    parser.add_argument("--keep", action="store_true", help="leave the folder there")
    given = parser.parse_args()
    parts = stages(parse((REPOSITORY / "Dockerfile").read_text(encoding="utf-8")))
    arguments = {} if given.bundle is None else {"BUNDLE": str(Path(given.bundle).resolve())}
    base = subprocess.run(
        [given.python, "-c", "import sys; print(sys._base_executable)"], capture_output=True, text=True, check=True
    )
    root = Path(tempfile.mkdtemp(prefix="punk-image-"))
    root.chmod(0o755)
    try:
        image = Image(root, base.stdout.strip())
        for name, steps in parts.items():
            print(f"{name or 'the image'}:", flush=True)
            image.variables, image.folder = dict(image.base), root
            for step in steps:
                image.perform(step, arguments)
        image.seal()
        size = sum(length for length, _ in image.contents().values())
        print(f"what it adds to its base: {size / 2**20:.0f} MiB\nin use:", flush=True)
        live(image, parts[""])
    finally:
        if not given.keep:
            subprocess.run(["chmod", "-R", "u+w", str(root)], check=True)
            shutil.rmtree(root)


def live(image: Image, steps: list[Step]) -> None:
    """From its start to its end."""
    before = image.contents()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    image.variables["PUNK_SERVE_PORT"] = str(port)
    started = image.start(next(step for step in steps if step.name == "ENTRYPOINT").command)
    try:
        use(image, steps, started, port)
        started.send_signal(signal.SIGTERM)
        ended = started.wait(timeout=40)  # by the signal, as a shell would: uvicorn raises it again when all is done
        require(ended in (0, -signal.SIGTERM), f"SIGTERM ends it, status {ended}")
    finally:
        if started.poll() is None:
            started.kill()
            started.wait()
    require(image.contents() == before, "nothing was written but in /tmp")
    built, used = (Path(image.variables[name]) for name in ("PUNK_KERNELS", "PUNK_CACHE"))
    kernels = [{path.name for path in folder.rglob("*.nbc")} for folder in (built, used)]
    require(bool(kernels[0]) and kernels[0] == kernels[1], f"its {len(kernels[0])} kernels came from the image")


if __name__ == "__main__":
    main()
