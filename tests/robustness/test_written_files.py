import json

from keras_distill.robustness import Report
from keras_distill.robustness.written_files import written_files


def test_the_json_is_the_document(drawn):
    report = Report(drawn(models=("teacher",), groups={}, n=20)[0])
    files = written_files(report)
    assert json.loads(files["report.json"]) == report.document
    assert files == written_files(report)
