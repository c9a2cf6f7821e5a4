"""The array holds the file, and a compiler takes it."""

import re
import shutil
import subprocess

import pytest

from keras_distill.export import to_c_array


def test_bytes_are_the_files(float_artefact, tmp_path):
    assert to_c_array(float_artefact, tmp_path / "small.cc") == "small"
    source = (tmp_path / "small.cc").read_text()
    array = source[source.index("{") : source.index("}")]
    content = float_artefact.path.read_bytes()
    assert bytes(int(byte, 16) for byte in re.findall(r"0x(\w\w),", array)) == content
    assert f"const unsigned int small_len = {len(content)};" in source
    assert "alignas(16) const unsigned char small[] = {" in source


@pytest.mark.parametrize(
    "stem, name",
    [
        ("my-model.v2", "my_model_v2"),
        ("3layers", "model_3layers"),
        ("_x", "model_x"),
        ("int", "model_int"),
        ("größe", "gr__e"),
    ],
)
def test_names_are_valid(stem, name, float_artefact, tmp_path):
    assert to_c_array(float_artefact, tmp_path / f"{stem}.c") == name


MAIN = """
#include <stdint.h>
#include <stdio.h>
extern const unsigned char net[];
extern const unsigned int net_len;
int main(void) {
  if ((uintptr_t)net % 16) return 1;
  return fwrite(net, 1, net_len, stdout) == net_len ? 0 : 2;
}
"""


@pytest.mark.parametrize("compiler, suffix", [("gcc", ".c"), ("g++", ".cc")])
def test_compiled_and_linked_it_gives_the_file_back(compiler, suffix, float_artefact, tmp_path):
    if shutil.which(compiler) is None:
        pytest.skip(f"no {compiler} here")
    to_c_array(float_artefact, tmp_path / f"net{suffix}")
    (tmp_path / f"main{suffix}").write_text(MAIN)
    files = [str(tmp_path / f"{name}{suffix}") for name in ("net", "main")]
    program = str(tmp_path / "program")
    subprocess.run([compiler, "-Wall", "-Wextra", "-Werror", "-o", program, *files], check=True)
    printed = subprocess.run([program], check=True, capture_output=True).stdout
    assert printed == float_artefact.path.read_bytes()


def test_another_ending(float_artefact, tmp_path):
    path = tmp_path / "net.txt"
    message = (
        f"The path '{path}' does not end in .c, .cc, .cpp, as C source does. Name it "
        f"'{tmp_path / 'net.cc'}'."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        to_c_array(float_artefact, path)


def test_a_damaged_file_leaves_nothing(tmp_path):
    (tmp_path / "net.tflite").write_bytes(b"nothing")
    with pytest.raises(ValueError, match="^Could not read "):
        to_c_array(tmp_path / "net.tflite", tmp_path / "net.cc")
    assert not (tmp_path / "net.cc").exists()
