import gzip
import lzma
import re

import numpy as np
import pytest

from keras_distill.datasets.text_files import is_text_folder, read_text_files, text_file_split


def write(path, text):
    path.write_bytes(text.encode())
    return path


def texts(part):
    return [text.decode() for text in part[0]]


def test_tsv_without_header_has_the_label_first_and_the_text_last(tmp_path):
    file = write(tmp_path / "x.tsv", "0\t3\tDull.\n1\t9\tFine.\n")
    parts, names = read_text_files(file)
    assert names == ("0", "1") and parts["all"][1].tolist() == [0, 1]
    assert parts["all"][1].dtype == np.int32 and texts(parts["all"]) == ["Dull.", "Fine."]


def test_tsv_is_split_at_tabs_and_line_feeds_alone(tmp_path):
    odd = "He said \"no\u2028yes\u0085maybe\x0bnot, 'quite"
    file = write(tmp_path / "x.tsv", f"0\t{odd}\n1\t \n")
    assert texts(read_text_files(file)[0]["all"]) == [odd, " "]


def test_columns_by_header_wherever_they_stand(tmp_path):
    file = write(tmp_path / "x.tsv", "id\tSentence\tlabel\r\n7\tIt is.\tno\r\n8\tIt was.\tyes\r\n")
    parts, names = read_text_files(file)
    assert names == ("no", "yes") and texts(parts["all"]) == ["It is.", "It was."]


def test_csv_is_read_as_csv(tmp_path):
    file = write(tmp_path / "x.csv", 'text,label\n"a, ""b""\nc",neg\nd,pos\n\n')
    parts, names = read_text_files(file)
    assert names == ("neg", "pos") and texts(parts["all"]) == ['a, "b"\nc', "d"]


@pytest.mark.parametrize("suffix, opener", [(".gz", gzip.open), (".xz", lzma.open)])
def test_compressed(tmp_path, suffix, opener):
    path = tmp_path / f"x.tsv{suffix}"
    with opener(path, "wb") as file:
        file.write("\ufeff0\tä\n1\t\n".encode())
    assert texts(read_text_files(path)[0]["all"]) == ["ä", ""]


def test_folder_of_splits(tmp_path):
    write(tmp_path / "train.tsv", "b\tone\na\ttwo\n")
    write(tmp_path / "dev.csv", "label,text\nb,three\n")
    write(tmp_path / "test.tsv", "b\tfour\n")
    write(tmp_path / "README.md", "")
    parts, names = read_text_files(tmp_path)
    assert is_text_folder(tmp_path) and names == ("a", "b")
    assert {s: (texts(p), p[1].tolist()) for s, p in parts.items()} == {
        "train": (["one", "two"], [1, 0]),
        "validation": (["three"], [1]),
        "test": (["four"], [1]),
    }


def test_what_is_a_file_of_texts():
    names = ["train.tsv", "val.csv.gz", "test.TSV.xz", "x.tsv", "x.v2.tsv", "train.txt", "train"]
    found = [text_file_split(name) for name in names]
    assert found == ["train", "validation", "test", "", "", None, None]


def raises(sentence):
    return pytest.raises(ValueError, match="^" + re.escape(sentence) + "$")


def test_missing_column(tmp_path):
    file = write(tmp_path / "x.csv", "Text,Sentiment\na,b\n")
    with raises(
        "Expected a column 'label' and a column 'text' or 'sentence'. Received: the columns text, "
        "sentiment in 'x.csv'. Rename them in its first line."
    ):
        read_text_files(file)


def test_line_with_one_column(tmp_path):
    file = write(tmp_path / "x.tsv", "0\ta\n1\tb\njust this\n0\tc\n")
    with raises(
        "Expected at least 2 columns, a label and a text among them. Received: 1 at line 3 of "
        "'x.tsv'. Separate them by tabs, or remove the line."
    ):
        read_text_files(file)


def test_line_too_short_for_the_header(tmp_path):
    file = write(tmp_path / "x.csv", 'id,label,text\n1,a,"b\nc"\n2,a\n')
    with raises(
        "Expected at least 3 columns, a label and a text among them. Received: 2 at line 4 of "
        "'x.csv'. Separate them by commas, or remove the line."
    ):
        read_text_files(file)


@pytest.mark.parametrize("content", ["", "\n\n", "label\ttext\n"])
def test_empty_file(tmp_path, content):
    file = write(tmp_path / "x.tsv", content)
    with raises("Expected lines of a label and a text. Received: 'x.tsv', which holds none."):
        read_text_files(file)


def test_other_encoding(tmp_path):
    file = tmp_path / "x.tsv"
    file.write_bytes("0\tgut\n1\tschön\n".encode("latin-1"))
    with raises(
        "Expected texts in UTF-8. Received: the byte 0xf6 at line 2 of 'x.tsv', which is not. "
        "Save the file as UTF-8."
    ):
        read_text_files(file)


def test_csv_that_cannot_be_read(tmp_path):
    file = write(tmp_path / "x.csv", "0,a\n1," + 140_000 * "b" + "\n")
    with raises(
        "Expected comma-separated values. Received: 'x.csv', of which line 2 cannot be read: "
        "field larger than field limit (131072). Mend the line, or write a .tsv file."
    ):
        read_text_files(file)


def test_folder_without_training(tmp_path):
    write(tmp_path / "test.tsv", "b\tfour\n")
    with raises(
        f"Expected train.tsv or train.csv in '{tmp_path.name}'. Received: test.tsv. Add it, or "
        "name one file instead of the folder."
    ):
        read_text_files(tmp_path)


def test_two_files_of_one_split(tmp_path):
    write(tmp_path / "train.tsv", "b\tfour\n")
    write(tmp_path / "train.csv", "b,four\n")
    with raises(
        f"Expected one file for train in '{tmp_path.name}'. Received: 'train.csv' and 'train.tsv'. "
        "Rename or remove one of them."
    ):
        read_text_files(tmp_path)
