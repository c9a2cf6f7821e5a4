"""What a file or a folder holds, as one number."""

import hashlib
import pathlib


def sha256(path, without=()):
    """The SHA-256 of a file, or of a folder's names and contents.

    A folder's checksum depends on the relative names and the bytes of the files in it, in
    sorted order, and on nothing else: not on where it lies, nor on dates or permissions.

    Args:
        path: A file or a folder.
        without: Names of files in the folder itself that do not count.

    Returns:
        64 hexadecimal digits. For a file, what `sha256sum` prints.

    Raises:
        FileNotFoundError: If there is nothing at `path`.

    Example:

    ```python
    open("empty", "w").close()
    assert kd.files.sha256("empty").startswith("e3b0c44298fc1c14")
    ```
    """
    path = pathlib.Path(path)
    if not path.is_dir():
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    digest = hashlib.sha256()
    files = {p.relative_to(path).as_posix(): p for p in path.rglob("*") if p.is_file()}
    for name in sorted(files.keys() - set(without)):
        # Each part has a fixed length or an end, so that no two folders read the same.
        digest.update(name.encode() + b"\0" + bytes.fromhex(sha256(files[name])))
    return digest.hexdigest()
