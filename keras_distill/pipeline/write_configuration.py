"""`init`: a commented configuration from a model and a folder of pictures."""

import json
import pathlib

from keras_distill.files.atomic_path import atomic_path

TEMPLATE = """\
# Written by `keras-distill init`. Look at it with `keras-distill check {file}`,
# then do it with `keras-distill run {file}`.
# Every key may be left out; what stands here are the defaults, unless it was read from
# the model and the folder. Few pictures get more epochs, because steps are what trains.

output: {output}          # the run's folder, inside the folder of this file
seed: 0                   # of initial weights, data order and corruptions

data:
  name: {data}            # one sub-folder per class: {classes}
  image_size: {image_size}    # height, width: what the model takes
  batch_size: {batch_size}
  # Random changes of training images; what is true of your pictures?
  # augmentation: {{horizontal_flip: true, shift: 0.07}}

teacher:
  model: {teacher}
  # {found}
  input_scale: {input_scale}    # what the model expects: [0, 1], [0, 255], [-1, 1], torch, caffe
  channels: {channels}           # or bgr
  class_map: {class_map}         # for each class of the data, the teacher's output

student:
  width: 0.25             # a copy of the teacher with a quarter of its filters
  # model: small.keras    # or a model of your own

control: true             # train the student once more without a teacher, to compare

distillation:
  epochs: {distillation}
  learning_rate: 0.001    # decays to 1 % of it over all steps
  temperature: 4.0
  student_loss_weight: 0.1    # 0.1 · labels + 0.9 · teacher

pruning:                  # null leaves it out
  sparsity: 0.75          # share of each kernel that becomes zero
  epochs: {pruning}
  learning_rate: 0.0005

quantization:             # null leaves it out
  scheme: int8
  epochs: {quantization}            # ranges settle in some 2,000 steps
  learning_rate: 0.0001

robustness:               # null: clean test images only
  corruptions: quick
  severities: [1, 2, 3, 4, 5]
"""

# (epochs, least steps) of each stage.
TRAINING = {"distillation": (10, 800), "pruning": (4, 800), "quantization": (2, 2000)}


def write_configuration(path, teacher, data, progress=print):
    """Reads what can be read off model and folder, looks how the model wants to be fed, writes.

    Args:
        path: The configuration to write; an older file is not overwritten.
        teacher: Path of a `.keras` file.
        data: Path of a folder with one sub-folder per class, or a data set's name.
        progress: Called with each line for the person.

    Raises:
        FileExistsError: if `path` exists.
        ValueError: if model and folder do not fit together; the sentence says why.
    """
    from keras_distill.datasets.load import load
    from keras_distill.pipeline.examine_teacher import examine_teacher
    from keras_distill.pipeline.load_model import load_model
    from keras_distill.teachers.adapt import adapt

    path, teacher = pathlib.Path(path), pathlib.Path(teacher)
    if path.exists():
        raise FileExistsError(
            f"{str(path)!r} exists. Give another name with --output, or remove it first."
        )
    model = load_model(teacher, "--teacher")
    shape = model.input_shape
    if not isinstance(shape, tuple) or len(shape) != 4 or None in shape[1:]:
        raise ValueError(
            f"The teacher takes {shape}; expected images of a fixed size, (None, height, width, "
            "channels). For texts write a configuration with `recipe: transfer`."
        )
    image_size = [int(shape[1]), int(shape[2])]
    is_folder = pathlib.Path(data).is_dir()
    splits = load(
        str(data), batch_size=32, image_size=tuple(image_size) if is_folder else None, seed=0
    )
    if splits.input_shape == ():
        raise ValueError(
            f"{str(data)!r} holds texts, and the teacher takes images. For texts write a "
            "configuration with `recipe: transfer`."
        )
    classes, outputs = len(splits.class_names), model.output_shape[-1]
    if splits.input_shape[-1] != shape[-1]:
        raise ValueError(
            f"The teacher takes images of {shape[-1]} channels, and the pictures have "
            f"{splits.input_shape[-1]}."
        )
    some = ", ".join(splits.class_names[:5]) + (", …" if classes > 5 else "")
    if classes != outputs:
        raise ValueError(
            f"The teacher has {outputs} outputs, and {str(data)!r} has {classes} classes "
            f"({some}). Expected as many of one as of the other."
        )
    look = examine_teacher(model, splits)
    setting = {} if look.finding is None else look.finding.setting
    if setting:
        progress(look.sentence)
        progress("The configuration says so already.")
        look = examine_teacher(adapt(model, **setting), splits)
    progress(look.sentence)
    folder = path.resolve().parent
    batch_size = 32 if is_folder else 128
    steps = -(-splits.sizes["train"] // batch_size)
    epochs = {stage: max(usual, -(-least // steps)) for stage, (usual, least) in TRAINING.items()}
    text = TEMPLATE.format(
        **epochs,
        file=path.name,
        output=json.dumps(f"runs/{path.stem}"),
        data=json.dumps(_written(data, folder) if is_folder else str(data), ensure_ascii=False),
        classes=some,
        image_size=image_size if is_folder else "null",
        batch_size=batch_size,
        teacher=json.dumps(_written(teacher, folder), ensure_ascii=False),
        found=look.sentence,
        input_scale=json.dumps(setting.get("input_scale", "[0, 1]")),
        channels=setting.get("channels", "rgb"),
        class_map=json.dumps(setting.get("class_map")),
    )
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return look


def _written(path, folder):
    """Relative to the configuration where it can be, so that both can be moved together."""
    path = pathlib.Path(path).resolve()
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)
