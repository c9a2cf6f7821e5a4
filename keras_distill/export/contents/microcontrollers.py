"""Whether TensorFlow Lite Micro can run a .tflite file."""

# Source: each operator of LiteRT's schema was offered, in a file of its own, to the interpreter
# of the package tflite-micro 0.dev20261023182759; these it knows. It grows: look again with a
# newer one (tests/export/contents/test_microcontrollers.py does, where the package is installed).
SOURCE = "tflite-micro 0.dev20261023182759"
OPERATORS = frozenset(
    """
    ABS ADD ADD_N ARG_MAX ARG_MIN ASSIGN_VARIABLE AVERAGE_POOL_2D BATCH_MATMUL BATCH_TO_SPACE_ND
    BROADCAST_ARGS BROADCAST_TO CALL_ONCE CAST CEIL CONCATENATION CONV_2D COS CUMSUM
    DEPTHWISE_CONV_2D DEPTH_TO_SPACE DEQUANTIZE DIV DYNAMIC_UPDATE_SLICE ELU EMBEDDING_LOOKUP
    EQUAL EXP EXPAND_DIMS FILL FLOOR FLOOR_DIV FLOOR_MOD FULLY_CONNECTED GATHER GATHER_ND GREATER
    GREATER_EQUAL HARD_SWISH IF L2_NORMALIZATION L2_POOL_2D LEAKY_RELU LESS LESS_EQUAL LOG
    LOGICAL_AND LOGICAL_NOT LOGICAL_OR LOGISTIC LOG_SOFTMAX MAXIMUM MAX_POOL_2D MEAN MINIMUM
    MIRROR_PAD MUL NEG NOT_EQUAL PACK PAD PADV2 PRELU QUANTIZE READ_VARIABLE REDUCE_ALL REDUCE_MAX
    REDUCE_MIN RELU RELU6 RESHAPE RESIZE_BILINEAR RESIZE_NEAREST_NEIGHBOR REVERSE_V2 ROUND RSQRT
    SELECT_V2 SHAPE SIN SLICE SOFTMAX SPACE_TO_BATCH_ND SPACE_TO_DEPTH SPLIT SPLIT_V SQRT SQUARE
    SQUARED_DIFFERENCE SQUEEZE STRIDED_SLICE SUB SUM SVDF TANH TRANSPOSE TRANSPOSE_CONV
    UNIDIRECTIONAL_SEQUENCE_LSTM UNPACK VAR_HANDLE WHILE ZEROS_LIKE
    """.split()
)
# Custom ones that it brings along.
CUSTOM_OPERATORS = frozenset(
    """
    CIRCULAR_BUFFER SignalDelay SignalEnergy SignalFftAutoScale SignalFilterBank
    SignalFilterBankLog SignalFilterBankSpectralSubtraction SignalFilterBankSquareRoot SignalFramer
    SignalIrfft SignalOverlapAdd SignalPCAN SignalRfft SignalStacker SignalWindow
    TFLM_DECODE TFLite_Detection_PostProcess
    """.split()
)
# Their kernels take float with float, integers with integers.
_NOT_MIXED = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "SVDF")


def microcontrollers(contents):
    """Tells whether TensorFlow Lite Micro has a kernel for every operator of a file.

    A kernel may still refuse a rare type or form; the microcontroller's own test, on the golden
    vectors, has the last word.

    Args:
        contents: The `TFLiteContents` of the file.

    Returns:
        A dict: `runs`; `missing`, the names of operators that it does not have; `refused`, what
        it has but refuses, in words; `source`, which version was asked.
    """
    missing = {o.name for o in contents.operators} - OPERATORS - CUSTOM_OPERATORS
    refused = []
    tensors = [tensor.dtype for tensor in contents.tensors]
    if "float16" in tensors:
        refused.append("float16 tensors: export with another recipe")
    if any(_is_mixed(graph, operator) for graph in contents.graphs for operator in graph.operators):
        refused.append("float operators with integer weights: export as float32 or int8")
    return {
        "runs": not missing and not refused,
        "missing": sorted(missing),
        "refused": refused,
        "source": SOURCE,
    }


def _is_mixed(graph, operator):
    if operator.name not in _NOT_MIXED:
        return False
    data, kernel = (graph.tensors[i].dtype for i in operator.inputs[:2])
    return data == "float32" and kernel != "float32"
