"""The log is a file of dated lines, and is closed again."""

import logging
import re

from keras_distill.pipeline.run_log import RunLog


def test_lines_are_appended_with_dates(tmp_path):
    for word in ("first", "second"):
        with RunLog(tmp_path / "run.log"):
            logging.getLogger("keras_distill").info(word)
    logging.getLogger("keras_distill").info("after")
    lines = (tmp_path / "run.log").read_text().splitlines()
    assert [line.split()[-1] for line in lines] == ["first", "second"]
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ INFO first$", lines[0])


def test_tensorflows_warnings_go_to_the_log_and_not_to_the_terminal(tmp_path, capfd):
    with RunLog(tmp_path / "run.log"):
        logging.getLogger("tensorflow").warning("retracing")
    assert "WARNING retracing" in (tmp_path / "run.log").read_text()
    assert "retracing" not in capfd.readouterr().err
