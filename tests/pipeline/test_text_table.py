"""A table that a person reads."""

from keras_distill.pipeline.text_table import text_table


def test_columns_without_a_cell_are_left_out():
    rows = [{"name": "a", "what": "", "n": "1"}, {"name": "bcd", "what": "", "n": "12"}]
    assert text_table(rows, left=("name",)) == [
        "  name    n",
        " ───────────",
        "  a       1",
        "  bcd    12",
    ]


def test_brackets_are_words_and_long_words_are_folded():
    lines = text_table([{"name": "[bold]" + "x" * 40}], left=("name",), width=30)
    assert "[bold]" in lines[2] and sum(line.count("x") for line in lines) == 40
    assert max(map(len, lines)) <= 30
