"""Two files cut into the steps that both have."""

from keras_distill.export.diagnosis.segments import segments


def test_every_operator_is_a_step(healthy):
    _, reference, quantized = healthy
    steps, outputs = segments(quantized, reference)
    operators = [step.operator for step in steps]
    assert operators[0] == "INPUT" and operators[-1] == "SOFTMAX"
    assert operators.count("CONV_2D") == 5
    assert steps[-1].outputs == outputs
    kernels = [step.kernel for step in steps if step.operator == "CONV_2D"]
    # Eight filters, a scale for each.
    assert {(operator, k.shape[0], scales) for operator, k, scales in kernels} == {
        ("CONV_2D", 8, 8)
    }


def test_a_file_beside_itself_loses_nothing(healthy):
    _, reference, _ = healthy
    steps, _ = segments(reference, reference)
    assert "INPUT" not in [step.operator for step in steps]
    assert not any(step.output.scale for step in steps)
