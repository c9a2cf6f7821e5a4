import pytest
import yaml

from keras_distill.robustness.reports.model_card import model_card


def test_reads_as_the_hub_reads_it(drawn):
    data = pytest.importorskip("huggingface_hub.repocard_data")
    document = drawn(models=("teacher", "int8: 'a'"), n=40)[0]
    metadata = yaml.safe_load(model_card(document))
    names = [entry["name"] for entry in metadata["model-index"]]
    assert names == ["teacher", "int8: 'a'"]
    # The hub's own reader takes one model at a time.
    name, results = data.model_index_to_eval_results(metadata["model-index"][1:])
    found = {(r.dataset_config, r.metric_type): r for r in results}
    row = document["aggregates"][1]
    assert found[None, "accuracy"].metric_value == row["clean_accuracy"]
    corrupted = found["imagenet_c", "accuracy"]
    assert corrupted.metric_value == row["mean_corrupted_accuracy"]
    assert (corrupted.task_type, corrupted.dataset_type) == ("image-classification", "cifar10")
    assert corrupted.dataset_name == "cifar10, corrupted (imagenet_c, generated)"


def test_texts_without_corruptions_and_without_a_name(drawn):
    document = drawn(models=("a",), groups={}, modality="text", n=20)[0]
    (entry,) = yaml.safe_load(model_card(document))["model-index"]
    (result,) = entry["results"]
    assert result["task"]["type"] == "text-classification"
    assert result["dataset"] == {"name": "unnamed data", "type": "unnamed_data"}
    assert "&id" not in model_card(document)
