"""How many bytes a file or folder takes, as it is and compressed for download."""

import gzip
import pathlib


def file_bytes(path):
    """Bytes of a file, or of all files in a folder, raw and gzipped.

    App stores deliver compressed files, so zeros and repeated values count there:
    the second number is what pruning makes smaller.

    Args:
        path: A file or a folder.

    Returns:
        `(raw, gzipped)` in bytes; gzip at level 9, each file by itself.

    Raises:
        FileNotFoundError: There is nothing at `path`.

    Example:

    ```python
    with open("zeros.bin", "wb") as file:
        file.write(bytes(10_000))
    raw, gzipped = kd.footprint.file_bytes("zeros.bin")
    assert raw == 10_000 and gzipped < 100
    ```
    """
    path = pathlib.Path(path)
    if not path.exists():
        raise FileNotFoundError(f"Expected a file or a folder. Received: '{path}', which is none.")
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    contents = [file.read_bytes() for file in files]
    raw = sum(len(content) for content in contents)
    return raw, sum(len(gzip.compress(content, 9, mtime=0)) for content in contents)
