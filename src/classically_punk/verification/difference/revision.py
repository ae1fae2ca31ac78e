"""What one revision holds of a run: a commit, or the working tree. Only git is asked, and nothing is checked out."""

import re
import stat
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from classically_punk.foundation.errors import PunkError, shortened

WATCHED = (
    *("metrics", "reports", "src", "benchmarks"),
    *("params.yaml", "dvc.yaml", "dvc.lock", "requirements.txt"),
)
"""What is looked at, as paths below the folder that holds dvc.yaml."""

RESULT = re.compile(r"metrics/([^/]+)/.+|reports/([^/]+)/tables/.+")
LARGEST = 2**26  # bytes of a file that is read
TREE = "the working tree"
REGULAR = ("100644", "100755")


@dataclass(frozen=True)
class Revision:
    """name : as a reader knows it. files : path below `root` -> git's hash of its content. commit : "" for the tree."""

    name: str
    root: Path
    commit: str
    files: Mapping[str, str]

    def read(self, path: str) -> bytes | None:
        """The content of a file, None where there is none. Raises PunkError where it is too large to be one of ours."""
        if path not in self.files:
            return None
        if not self.commit:
            size = (self.root / path).stat().st_size
        else:
            size = int(_git(self.root, "cat-file", "-s", self.files[path]))
        if size > LARGEST:
            raise PunkError(f"{self.place(path)}: {size} bytes; no file of a run is larger than {LARGEST}")
        if not self.commit:
            return (self.root / path).read_bytes()
        return _git(self.root, "cat-file", "blob", self.files[path])

    def text(self, path: str) -> str | None:
        """The same as text. Raises PunkError where it is none."""
        content = self.read(path)
        if content is None:
            return None
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError as error:
            raise PunkError(f"{self.place(path)}: no UTF-8; run the corpus again") from error

    def place(self, path: str) -> str:
        """What a message calls a file."""
        return shortened(f"{path} in {self.name}", 200)

    @property
    def corpora(self) -> tuple[str, ...]:
        """Those with results, sorted."""
        found = (RESULT.fullmatch(path) for path in self.files)
        return tuple(sorted({match[1] or match[2] for match in found if match}))

    def results(self, corpus: str) -> dict[str, str]:
        """path -> hash of the metrics and tables of one corpus."""
        starts = (f"metrics/{corpus}/", f"reports/{corpus}/tables/")
        return {path: found for path, found in self.files.items() if path.startswith(starts)}


def at(revision: str, root: Path) -> Revision:
    """A commit, by any name that git has for it, or a DVC experiment by its own.

    Raises PunkError when there is none, or no git checkout.
    """
    commit = _commit(revision, root)
    listed = _git(root, "ls-tree", "-r", "-z", commit, "--", *WATCHED).decode("utf-8", "surrogateescape")
    files = {}
    for entry in filter(None, listed.split("\0")):
        facts, _, path = entry.partition("\t")
        mode, kind, found = facts.split()
        if kind == "blob" and mode in REGULAR and path.isprintable():
            files[path] = found
    short = _git(root, "rev-parse", "--short", commit).decode().strip()
    name = shortened(revision)
    return Revision(name if name.startswith(short) else f"{name} ({short})", root, commit, files)


def working_tree(root: Path) -> Revision:
    """What stands in the folders now, committed or not; what git ignores is left out, and so are links."""
    listed = _git(root, "ls-files", "-z", "-co", "--exclude-standard", "--", *WATCHED)
    names = sorted({name for name in listed.decode("utf-8", "surrogateescape").split("\0") if name.isprintable()})
    present = [name for name in names if name and _is_file(root / name)]
    hashed = _git(root, "hash-object", "--stdin-paths", feed="".join(f"{name}\n" for name in present))
    return Revision(TREE, root, "", dict(zip(present, hashed.decode().split(), strict=True)))


def parent_of(revision: str, root: Path) -> str:
    """The name of its first parent. Raises PunkError when there is none."""
    commit = _commit(revision, root)
    parents = _git(root, "rev-list", "--parents", "-n", "1", commit).decode().split()[1:]
    if not parents:
        raise PunkError(f"{shortened(revision)} is the first commit; say with --against what to compare it with")
    return parents[0][:12]


def _commit(revision: str, root: Path) -> str:
    if not revision or not revision.isprintable():
        raise PunkError("a revision has a name: a commit, a branch, a tag or an experiment of DVC")
    wanted = ("rev-parse", "--verify", "--quiet", "--end-of-options")
    found = _run(root, *wanted, f"{revision}^{{commit}}")
    if found.returncode == 0:
        return found.stdout.decode().strip()
    _git(root, "rev-parse", "--git-dir")  # says so where there is no checkout
    refs = _git(root, "for-each-ref", "--format=%(objectname) %(refname)", "refs/exps").decode().splitlines()
    named = [line.split()[0] for line in refs if line.rpartition("/")[2] == revision]
    if len(named) == 1:
        return named[0]
    raise PunkError(
        f"{shortened(revision)}: git knows no such revision here; see git log, git branch -a and dvc exp list. In a "
        "shallow clone, fetch it first: git fetch --depth 1 origin NAME"
    )


def _is_file(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:  # deleted, and not yet so for git
        return False


def _git(root: Path, *arguments: str, feed: str = "") -> bytes:
    run = _run(root, *arguments, feed=feed)
    if run.returncode:
        said = shortened(run.stderr.decode("utf-8", "replace").strip(), 300)
        raise PunkError(f"git {arguments[0]}: {said}; punk diff needs a git checkout with a commit")
    return run.stdout


def _run(root: Path, *arguments: str, feed: str = "") -> "subprocess.CompletedProcess[bytes]":
    try:
        return subprocess.run(
            ["git", *arguments], cwd=root, capture_output=True, check=False, input=feed.encode("utf-8", "replace")
        )
    except FileNotFoundError as error:
        raise PunkError("git: not found; install git, or run where it is") from error
