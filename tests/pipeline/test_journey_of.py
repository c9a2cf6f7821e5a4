"""Which journey a configuration gets."""

from keras_distill.pipeline import Configuration, TransferConfiguration
from keras_distill.pipeline.journey import Journey
from keras_distill.pipeline.journey_of import journey_of
from keras_distill.pipeline.transfer.transfer_journey import TransferJourney


def test_images_and_texts(tmp_path):
    images = Configuration(output=str(tmp_path / "a"), teacher={"architecture": "cifar_resnet"})
    assert type(journey_of(images)) is Journey
    texts = TransferConfiguration(output=str(tmp_path / "b"))
    assert type(journey_of(texts)) is TransferJourney
