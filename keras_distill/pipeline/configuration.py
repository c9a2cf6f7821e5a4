"""What a run is told, validated before anything trains."""

from typing import Annotated, Literal

import pydantic

from keras_distill.pipeline.search_configuration import Search
from keras_distill.pipeline.section import Epochs, LearningRate, Section, Share
from keras_distill.teachers import input_scales


class Augmentation(Section):
    """Random changes of training images, the same for every model of the run."""

    horizontal_flip: bool = pydantic.Field(False, description="true or false")
    shift: float = pydantic.Field(
        0.0, ge=0, le=0.5, description="a share of the image's side from 0 to 0.5"
    )


class Data(Section):
    """Which images, and how many at a time."""

    name: str = pydantic.Field(
        "fashion_mnist", min_length=1, description="a data set's name or a folder of pictures"
    )
    batch_size: int = pydantic.Field(
        128, ge=1, le=65_536, description="a whole number from 1 to 65536"
    )
    image_size: list[Annotated[int, pydantic.Field(ge=1)]] | None = pydantic.Field(
        None, min_length=2, max_length=2, description="[height, width], two whole numbers from 1"
    )
    data_dir: str | None = pydantic.Field(
        None, description="the folder that TensorFlow Datasets prepared its sets in"
    )
    augmentation: Augmentation | None = None


class Teacher(Section):
    """A trained model from a file, or an architecture that is trained first."""

    model: str | None = pydantic.Field(None, description="the path of a .keras file")
    architecture: str | None = pydantic.Field(
        None, description="the name of an architecture in kd.models"
    )
    arguments: dict[str, int | float | str | list[int]] = pydantic.Field(
        {}, description="the architecture's arguments, by name"
    )
    input_scale: Literal[tuple(input_scales.INPUT_SCALES)] = pydantic.Field(
        "[0, 1]", description="one of " + ", ".join(f'"{s}"' for s in input_scales.INPUT_SCALES)
    )
    channels: Literal["rgb", "bgr"] = pydantic.Field("rgb", description='"rgb" or "bgr"')
    class_map: list[int] | None = pydantic.Field(
        None, description="a list: for each class of the data, the teacher's output"
    )
    epochs: Epochs = 10
    learning_rate: LearningRate = 1e-3

    @pydantic.field_validator("input_scale", mode="before")
    @classmethod
    def _unquoted(cls, value):
        # `input_scale: [0, 255]` without quotes is a list in YAML; what is meant is plain.
        return str(value) if isinstance(value, list) else value


class Student(Section):
    """The small model: a narrower copy of the teacher, a file, or an architecture."""

    width: float | None = pydantic.Field(
        None, gt=0, le=1, description="a number above 0 and at most 1"
    )
    model: str | None = pydantic.Field(None, description="the path of a .keras file")
    architecture: str | None = pydantic.Field(
        None, description="the name of an architecture in kd.models"
    )
    arguments: dict[str, int | float | str | list[int]] = pydantic.Field(
        {}, description="the architecture's arguments, by name"
    )


class Distillation(Section):
    """How the student learns from the teacher; the control has the same but no teacher."""

    epochs: Epochs = 10
    learning_rate: LearningRate = 1e-3
    temperature: float = pydantic.Field(
        4.0, gt=0, le=1000, description="a number above 0 and at most 1000"
    )
    student_loss_weight: Share = 0.1
    losses: list[str] | None = pydantic.Field(
        None,
        min_length=1,
        description="a list of names of losses in kd.losses, or null for soft_targets",
    )
    loss_weights: list[Annotated[float, pydantic.Field(ge=0)]] | None = pydantic.Field(
        None, description="a list of numbers from 0, one for each loss, or null for 1 each"
    )


class Pruning(Section):
    """Share of each kernel's weights that becomes zero, and the training that does it."""

    sparsity: float = pydantic.Field(0.75, gt=0, lt=1, description="a number above 0 and below 1")
    epochs: Epochs = 4
    learning_rate: LearningRate = 5e-4


class Quantization(Section):
    """Quantization-aware training; the zeros of pruning stay."""

    scheme: Literal["int8"] = pydantic.Field("int8", description='"int8"')
    epochs: Epochs = 2
    learning_rate: LearningRate = 1e-4


class Robustness(Section):
    """On which corruptions of the test images everything is measured."""

    corruptions: str | list[str] = pydantic.Field(
        "quick", description='the name of a suite ("quick") or a list of corruptions'
    )
    severities: list[Annotated[int, pydantic.Field(ge=1, le=5)]] = pydantic.Field(
        [1, 2, 3, 4, 5], min_length=1, description="a list of whole numbers from 1 to 5"
    )


class Configuration(Section):
    """All that decides a run: the same configuration and data give the same run.

    Sections that are `None` leave their stage out. Every value has a default; unknown
    keys, wrong types and impossible values are refused.

    Args:
        output: Folder of the run. Defaults to `"runs/run"`.
        seed: Of initial weights, data order and corruptions. Defaults to 0.
        data: What `kd.datasets.load` is called with.
        teacher: A model file and how it wants to be fed, or an architecture to train.
        student: A width (of a narrower copy of the teacher), a file or an architecture.
        control: Whether the student is trained once more without a teacher, to
            compare. Defaults to `True`.
        distillation: Epochs, learning rate, temperature, weight of the labels, losses.
        pruning: Sparsity, epochs, learning rate, or `None`.
        quantization: Scheme, epochs, learning rate, or `None`.
        robustness: Corruptions and severities, or `None` for clean test images only.
        search: What `keras-distill search` does; `run` does not look at it.

    Raises:
        pydantic.ValidationError: on what is not accepted; `load_configuration` turns
            it into a sentence with the line.

    Example:

    ```python
    configuration = kd.pipeline.Configuration(pruning={"sparsity": 0.5}, robustness=None)
    assert configuration.pruning.sparsity == 0.5
    assert configuration.data.name == "fashion_mnist"
    ```
    """

    output: str = pydantic.Field("runs/run", min_length=1, description="the path of a folder")
    seed: int = pydantic.Field(0, ge=0, lt=2**31, description="a whole number from 0")
    data: Data = Data()
    teacher: Teacher = Teacher()
    student: Student = Student()
    control: bool = pydantic.Field(True, description="true or false")
    distillation: Distillation = Distillation()
    pruning: Pruning | None = Pruning()
    quantization: Quantization | None = Quantization()
    robustness: Robustness | None = Robustness()
    search: Search | None = None
