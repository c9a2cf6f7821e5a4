"""How every model of a run is trained: Adam on one learning rate that decays."""

import keras

from keras_distill.pipeline.training_progress import TrainingProgress


def fit(journey, title, model, epochs, learning_rate, loss, seed=None):
    """Compiles and fits a model or a Distiller on the run's training set.

    Every arm of the comparison comes through here, so none has another optimizer,
    schedule, data order or seed than the others; `seed` is for teachers that are to differ.
    """
    train, validation = journey.data_for(title)
    steps = journey.steps
    keras.utils.set_random_seed(journey.configuration.seed if seed is None else seed)
    schedule = keras.optimizers.schedules.CosineDecay(learning_rate, epochs * steps, alpha=0.01)
    model.compile(keras.optimizers.Adam(schedule), loss=loss, metrics=["accuracy"])
    progress = TrainingProgress(title, epochs, steps, journey.console)
    callbacks, extra = [progress], {}
    if _is_distiller(model):
        # The teacher was looked at in its own stage; the epoch the Distiller sets itself.
        extra["check_teacher"] = False
    elif hasattr(train, "epoch"):
        from keras_distill.datasets.set_epoch import SetEpoch

        callbacks.append(SetEpoch(train))
    try:
        # shuffle=False: the data set shuffles itself, and Keras would warn.
        model.fit(
            train,
            validation_data=validation,
            epochs=epochs,
            callbacks=callbacks,
            verbose=0,
            shuffle=False,
            **extra,
        )
    finally:
        progress.close()


def label_loss(model):
    """Cross-entropy with integer labels, for what the model puts out."""
    from keras_distill.predictors.output_kind import output_kind

    return keras.losses.SparseCategoricalCrossentropy(
        from_logits=output_kind(model) != "probabilities"
    )


def distil(journey, title, student, epochs, learning_rate):
    """Trains a student, plain or prepared, under the run's teacher; returns it."""
    from keras_distill.distillation.distiller import Distiller
    from keras_distill.losses.loss_by_name import loss_by_name

    settings = journey.configuration.distillation
    distiller = Distiller(
        **journey.distiller_arguments,
        student=student,
        distillation_losses=[
            loss_by_name(name, temperature=settings.temperature)
            for name in settings.losses or ["soft_targets"]
        ],
        distillation_loss_weights=settings.loss_weights,
        student_loss_weight=settings.student_loss_weight,
    )
    fit(journey, title, distiller, epochs, learning_rate, label_loss(student))
    return distiller.student


def _is_distiller(model):
    from keras_distill.distillation.distiller import Distiller

    return isinstance(model, Distiller)
