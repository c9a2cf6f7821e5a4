"""A .tflite file as C source, for microcontrollers without a file system."""

import pathlib
import re

from keras_distill.files import atomic_path
from keras_distill.predictors.tflite_file import open_interpreter

_SUFFIXES = (".c", ".cc", ".cpp")
_KEYWORDS = frozenset(
    """
    alignas alignof and asm auto bool break case catch char class const continue default delete do
    double else enum explicit export extern false float for friend goto if inline int long mutable
    namespace new not nullptr operator or private protected public register restrict return short
    signed sizeof static struct switch template this throw true try typedef typename union unsigned
    using virtual void volatile while xor
    """.split()
)
_A_LINE = 16


def to_c_array(file, path):
    """Writes a `.tflite` file as an array in C or C++, aligned as TensorFlow Lite Micro needs it.

    The array is called as the written file is, with what a name in C may not hold replaced:
    `student-v2.cc` holds `student_v2` and its length `student_v2_len`. Declare them where they are
    used:

        extern const unsigned char student_v2[];
        extern const unsigned int student_v2_len;

    Whether the operators are there on a microcontroller, `kd.export.describe` tells.

    Args:
        file: The `.tflite` file, or an `Artefact`.
        path: The source to write; ends in `.c`, `.cc` or `.cpp`. An older file is replaced.

    Returns:
        The name of the array.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is damaged, or the path ends otherwise.
        OSError: If the source cannot be written.

    Example:

    ```python
    try:
        kd.export.to_c_array("student.tflite", "student.txt")
    except ValueError as error:
        print(error)  # Says which endings there are.
    ```
    """
    file, path = pathlib.Path(file), pathlib.Path(path)
    if path.suffix not in _SUFFIXES:
        raise ValueError(
            f"The path {str(path)!r} does not end in {', '.join(_SUFFIXES)}, as C source does. "
            f"Name it {str(path.with_suffix('.cc'))!r}."
        )
    open_interpreter(file)  # What is damaged is not worth compiling.
    content = file.read_bytes()
    name = _name(path.stem)
    with atomic_path(path) as temporary, temporary.open("w", encoding="ascii") as source:
        source.write(
            f"// A .tflite model of {len(content)} bytes, by keras_distill.export.to_c_array.\n"
            "#ifndef __cplusplus\n#include <stdalign.h>\n#endif\n\n"
            # Without these, C++ keeps a const to the file that it is in.
            f"extern const unsigned char {name}[];\nextern const unsigned int {name}_len;\n\n"
            f"alignas(16) const unsigned char {name}[] = {{\n"
        )
        for start in range(0, len(content), _A_LINE):
            line = content[start : start + _A_LINE]
            source.write("    " + " ".join(f"0x{byte:02x}," for byte in line) + "\n")
        source.write(f"}};\nconst unsigned int {name}_len = {len(content)};\n")
    return name


def _name(stem):
    name = re.sub(r"[^A-Za-z0-9_]", "_", stem)
    # Names with a leading underscore belong to the compiler.
    return name if name[0].isalpha() and name not in _KEYWORDS else f"model_{name.lstrip('_')}"
