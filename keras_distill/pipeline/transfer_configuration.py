"""What the transfer recipe is told, validated before anything trains."""

from typing import Annotated, Literal

import pydantic

from keras_distill.pipeline.configuration import Distillation, Robustness
from keras_distill.pipeline.search_configuration import Search
from keras_distill.pipeline.section import Epochs, LearningRate, Section

Arguments = dict[str, bool | int | float | str | list[int]]
Layers = list[Annotated[int, pydantic.Field(ge=0)]]


class Texts(Section):
    """Which texts, how many at a time, and how much of each is read."""

    name: str = pydantic.Field(
        "grammar_reviews", min_length=1, description="a data set's name, a .tsv or .csv file"
    )
    batch_size: int = pydantic.Field(
        64, ge=1, le=65_536, description="a whole number from 1 to 65536"
    )
    data_dir: str | None = pydantic.Field(
        None, description="the folder that TensorFlow Datasets prepared its sets in"
    )
    sequence_length: int = pydantic.Field(
        64, ge=4, le=8192, description="a whole number from 4 to 8192"
    )
    vocabulary_size: int = pydantic.Field(
        20_000, ge=4, le=1_000_000, description="a whole number from 4 to 1000000"
    )


class TextTeacher(Section):
    """A pretrained model that is fine-tuned, one from a file, or an architecture to train."""

    preset: str | None = pydantic.Field(
        None, description="a KerasHub preset or the folder of one, or of a Hugging Face model"
    )
    model: str | None = pydantic.Field(None, description="the path of a .keras file")
    architecture: str | None = pydantic.Field(
        None, description="the name of an architecture in kd.models"
    )
    arguments: Arguments = pydantic.Field({}, description="the architecture's arguments, by name")
    class_map: list[int] | None = pydantic.Field(
        None, description="a list: for each class of the data, the teacher's output"
    )
    epochs: int | None = pydantic.Field(
        None, ge=0, le=10_000, description="a whole number from 0, or null"
    )
    learning_rate: LearningRate = 1e-3
    seed: int | None = pydantic.Field(
        None, ge=0, lt=2**31, description="a whole number from 0, or null for the run's"
    )


class TextStudent(Section):
    """An architecture, some layers of the teacher, or a model from a file."""

    architecture: str | None = pydantic.Field(
        None, description="the name of an architecture in kd.models"
    )
    arguments: Arguments = pydantic.Field({}, description="the architecture's arguments, by name")
    layers: Layers | None = pydantic.Field(
        None, min_length=1, description="a list of the teacher's transformer layers, from 0"
    )
    prune_vocabulary: bool = pydantic.Field(False, description="true or false")
    model: str | None = pydantic.Field(None, description="the path of a .keras file")


class TextDistillation(Distillation):
    """How the student learns from the teacher; the control has the same but no teacher."""

    precompute: bool = pydantic.Field(True, description="true or false")


class FineTuning(Section):
    """The student's last epochs, on the labels alone."""

    epochs: Epochs = 2
    learning_rate: LearningRate = 1e-4


class TransferConfiguration(Section):
    """All that decides a run of the transfer recipe, for text.

    The teacher is fine-tuned on labels, the student distilled from it and then fine-tuned on
    labels; each of the three can be left out. Several teachers teach as their `Ensemble`.
    Then the student is exported and everything is measured on misspelt texts.

    A file says `recipe: transfer`; `keras-distill run` takes it.

    Args:
        recipe: `"transfer"`.
        output: Folder of the run. Defaults to `"runs/run"`.
        seed: Of initial weights, data order and corruptions. Defaults to 0.
        data: What `kd.datasets.load` is called with; tokens that are read of each text
            (`sequence_length`); words that models without a tokenizer of their own know
            (`vocabulary_size`), the most frequent of the training texts.
        teachers: One or several: `preset`, `model` or `architecture` with `arguments`;
            `class_map`, which of its outputs each class of the data is;
            `epochs` on labels (defaults to 0 for a `model`, else 3), `learning_rate`,
            and a `seed` where several of one architecture are to differ.
        student: `architecture` with `arguments`, `layers` of the (one, KerasHub) teacher,
            or `model`; `prune_vocabulary` keeps the word pieces of the training texts.
        control: Whether the student is trained once more without a teacher, for as many
            epochs as distillation and fine-tuning together. Defaults to `True`.
        distillation: Epochs, learning rate, temperature, weight of the labels; whether
            the teacher is run once and kept on disk (`precompute`, default). `None`
            leaves it out.
        fine_tuning: Epochs and learning rate of the student's last stage, or `None`.
        recipes: `.tflite` recipes of the student. Defaults to float32 and dynamic_range.
        robustness: Corruptions and severities, or `None` for clean test texts only.
        search: What `keras-distill search` does; `run` does not look at it.

    Raises:
        pydantic.ValidationError: on what is not accepted; `load_configuration` turns
            it into a sentence with the line.

    Example:

    ```python
    configuration = kd.pipeline.TransferConfiguration(
        teachers=[{"architecture": "bilstm"}, {"architecture": "bilstm", "seed": 1}],
        student={"architecture": "bag_of_embeddings"},
    )
    assert configuration.data.name == "grammar_reviews"
    ```
    """

    recipe: Literal["transfer"] = pydantic.Field("transfer", description='"transfer"')
    output: str = pydantic.Field("runs/run", min_length=1, description="the path of a folder")
    seed: int = pydantic.Field(0, ge=0, lt=2**31, description="a whole number from 0")
    data: Texts = Texts()
    teachers: list[TextTeacher] = pydantic.Field(
        [TextTeacher(architecture="bilstm")],
        min_length=1,
        description="a list of sections with one of preset, model, architecture each",
    )
    student: TextStudent = pydantic.Field(
        TextStudent(architecture="bag_of_embeddings"),
        description="a section with one of architecture, layers, model",
    )
    control: bool = pydantic.Field(True, description="true or false")
    distillation: TextDistillation | None = TextDistillation()
    fine_tuning: FineTuning | None = pydantic.Field(
        None,
        validate_default=True,
        description="a section with the keys epochs, learning_rate (or `distillation` must be one)",
    )
    recipes: list[Literal["float32", "float16", "dynamic_range"]] = pydantic.Field(
        ["float32", "dynamic_range"],
        min_length=1,
        description="a list of float32, float16, dynamic_range",
    )
    robustness: Robustness | None = Robustness(corruptions="text")
    search: Search | None = None

    @pydantic.field_validator("fine_tuning", mode="after")
    @classmethod
    def _trained(cls, value, info):
        if value is None and info.data.get("distillation", True) is None:
            raise ValueError("nothing would train the student")
        return value

    @pydantic.field_validator("teachers", "student", mode="after")
    @classmethod
    def _one_source(cls, value):
        for section in value if isinstance(value, list) else [value]:
            sources = ("preset", "model", "architecture", "layers")
            given = [name for name in sources if getattr(section, name, None) is not None]
            if len(given) != 1:
                # `configuration_errors` says the rest: the key, its line, what was expected.
                raise ValueError(f"one of {', '.join(sources)}")
        return value
