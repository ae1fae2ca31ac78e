"""The folder for what worker processes share, and the removal of those that killed runs left behind.

Arrays that workers share stand in files, in memory where the system has a file system for that (`/dev/shm`): what a
run that was killed leaves there is memory lost until the machine starts again. Each run has a folder of its own,
which it locks; the lock ends with the run, however that ends, so that the next one can tell a dead run's folder from
a living one's, also where the two cannot see each other's processes.
"""

import atexit
import fcntl
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from classically_punk.foundation.orphans import runs

IN_MEMORY = Path("/dev/shm")
_ENOUGH = 2 * 2**30  # bytes free, the least at which joblib puts arrays there

_FOLDER = re.compile(r"classically_punk\.(?P<process>\d+)\.\w+")


@cache
def shared_folder() -> Path:
    """This run's folder for what its workers share; removed at its end. Those of dead runs are removed first."""
    for parent in {IN_MEMORY, Path(tempfile.gettempdir())}:
        remove_dead(parent)
    while True:
        folder = Path(tempfile.mkdtemp(prefix=f"classically_punk.{os.getpid()}.", dir=_parent()))
        handle = os.open(folder, os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_EX)
        if folder.is_dir():  # else another run took it for a dead one's before it was locked
            atexit.register(shutil.rmtree, folder, ignore_errors=True)
            return folder
        os.close(handle)


def remove_dead(parent: Path) -> None:
    """Removes from `parent` the folders of this user's runs that have ended, and their semaphores."""
    if not parent.is_dir():
        return
    for folder in sorted(parent.iterdir()):
        match = _FOLDER.fullmatch(folder.name)
        if match is None or not _ours(folder, stat.S_ISDIR):
            continue
        handle = _lock(folder)
        if handle is not None:
            _remove_semaphores(int(match["process"]))
            shutil.rmtree(folder, ignore_errors=True)
            os.close(handle)


def _parent() -> Path:
    stated = os.environ.get("JOBLIB_TEMP_FOLDER")
    if stated:
        return Path(stated)
    if IN_MEMORY.is_dir() and os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > _ENOUGH:
        return IN_MEMORY
    return Path(tempfile.gettempdir())


def _lock(folder: Path) -> int | None:
    """The locked folder; None when its run is alive and has locked it, or it is gone."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:  # another run was quicker
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


def _remove_semaphores(process: int) -> None:
    """Those that loky made for a process that has ended, which Linux shows as files."""
    if runs(process):
        return  # another one has its number now
    for path in IN_MEMORY.glob(f"sem.loky-{process}-*"):
        if _ours(path, stat.S_ISREG):
            path.unlink(missing_ok=True)


def _ours(path: Path, is_kind: Callable[[int], bool]) -> bool:
    """Whether this user owns it, and it is of that kind itself, not through a link."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return False
    return status.st_uid == os.getuid() and is_kind(status.st_mode)
