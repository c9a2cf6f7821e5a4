"""A file or a folder appears complete, or not at all."""

import contextlib
import ctypes
import os
import pathlib
import shutil
import uuid

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


@contextlib.contextmanager
def atomic_path(path):
    """Hands out a temporary path that becomes `path` only if all goes well.

    Write a file, or make a folder, at the path you are given. When the block ends it is
    flushed to the disk and moved into place in one step; when the block raises (a full disk,
    an interruption) it is removed and whatever was at `path` before is untouched. Of a
    process that is killed nothing is ever seen at `path` but the older file.

    Args:
        path: Where the file or folder shall be. Its parent folder must exist and be
            writable, which is tried at once, before any work is done. An older file or
            folder at `path` is replaced.

    Returns:
        A context manager that yields a `pathlib.Path` beside `path`, with the same suffix,
        at which nothing exists yet. A block that writes nothing there changes nothing.

    Raises:
        FileNotFoundError: If the parent folder does not exist.
        PermissionError: If nothing can be written there.

    Example:

    ```python
    import pathlib

    with kd.files.atomic_path("scores.txt") as path:
        path.write_text("0.91")
    assert pathlib.Path("scores.txt").read_text() == "0.91"
    ```
    """
    path = pathlib.Path(path)
    folder = path.absolute().parent
    temporary = folder / f".{path.stem}.{uuid.uuid4().hex[:8]}.partial{path.suffix}"
    _try_to_write(path, folder, temporary)
    try:
        yield temporary
        if os.path.lexists(temporary):
            _flush(temporary)
            _move(temporary, path)
            _flush_one(folder)
    finally:
        _remove(temporary)


def _try_to_write(path, folder, temporary):
    try:
        if not folder.is_dir():
            raise FileNotFoundError(
                f"Cannot write {str(path)!r}: the folder {str(folder)!r} does not exist. "
                "Create it first, or choose another path."
            )
        temporary.touch()
    except PermissionError as error:
        raise PermissionError(
            f"Cannot write {str(path)!r}: no permission to write in the folder {str(folder)!r}. "
            "Change its permissions, or choose another path."
        ) from error
    temporary.unlink()


def _move(source, target):
    if source.is_dir() and os.path.lexists(target):
        # A folder cannot be renamed over another: the two change places, and what is
        # then at the temporary path is the older one.
        if not _exchange(source, target):
            older = source.with_name(f"{source.name}.older")
            os.rename(target, older)
            os.rename(source, target)
            _remove(older)
    else:
        os.replace(source, target)


def _exchange(first, second):
    """Swaps two paths in one step; False where the system cannot."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    names = os.fsencode(first), os.fsencode(second.absolute())
    return rename(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0


def _flush(path):
    if path.is_dir():
        for each in path.rglob("*"):
            _flush_one(each)
    _flush_one(path)


def _flush_one(path):
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(path):
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
