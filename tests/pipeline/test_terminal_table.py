"""The table shows the report's own numbers, rounded."""

from keras_distill.pipeline.terminal_table import terminal_table

ROWS = [
    {"model": "teacher", "clean_accuracy": 0.90125, "parameters": 309418, "kib": 1210.0},
    {"model": "int8", "clean_accuracy": 0.8745, "parameters": 20146, "kib": 30.44},
]


def test_every_row_and_number_is_there():
    text = terminal_table(ROWS)
    teacher, int8 = (
        line.split() for line in text.splitlines() if line.split()[:1] in (["teacher"], ["int8"])
    )
    assert teacher == ["teacher", "90.12%", "309,418", "1210.0"]
    assert int8 == ["int8", "87.45%", "20,146", "30.4"]


def test_what_no_model_has_is_no_column():
    assert "macro-F1" not in terminal_table(ROWS)
    assert "–" in terminal_table([*ROWS, {"model": "x"}])
