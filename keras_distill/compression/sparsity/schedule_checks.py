"""What TF-MOT's schedules accept, said in whole sentences before TF-MOT is asked."""


def check_sparsity(name, value):
    if not 0 <= value < 1:
        raise ValueError(
            f"`{name}` is the fraction of weights that become zero, in [0, 1). Received: "
            f"{name}={value}. Pass for example 0.75 for three zeros in four weights."
        )


def check_steps(begin_step, end_step, frequency, endless):
    forever = " or -1 for no end" if endless else ""
    if begin_step < 0:
        raise ValueError(
            f"`begin_step` counts training batches from 0. Received: begin_step={begin_step}."
        )
    if end_step < begin_step and not (endless and end_step == -1):
        raise ValueError(
            f"A pruning schedule must not end before it begins. Received: begin_step={begin_step}, "
            f"end_step={end_step}. Pass an `end_step` of at least {begin_step}{forever}; steps are "
            "training batches."
        )
    if frequency < 1:
        raise ValueError(
            "`frequency` is the number of training batches between two updates of the masks, at "
            f"least 1. Received: frequency={frequency}."
        )
