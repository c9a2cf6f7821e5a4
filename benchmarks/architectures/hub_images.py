"""KerasHub's image backbones at sizes chosen here, with a small head; kernels are random."""

import keras

from architectures.architecture import Architecture
from architectures.he_kernels import he_kernels
from architectures.made_up import waves

_SIZE = 64
_IMAGE = (_SIZE, _SIZE, 3)


def _network(family, arguments):
    """The builder of a backbone with averages and ten outputs."""

    def build():
        import keras_hub

        backbone = getattr(keras_hub.models, f"{family}Backbone")(**arguments)
        inputs = keras.Input(_IMAGE)
        # About mean 0 and deviation 1, as KerasHub's own image converters make them.
        x = keras.layers.Rescaling(4.0, offset=-2.0)(inputs)
        x = backbone({"images": x} if isinstance(backbone.input, dict) else x)
        if isinstance(x, dict):  # a pyramid: its last level
            x = list(x.values())[-1]
        if len(x.shape) == 4:
            x = keras.layers.GlobalAveragePooling2D()(x)
        elif len(x.shape) == 3:
            x = keras.layers.GlobalAveragePooling1D()(x)
        model = keras.Model(inputs, keras.layers.Dense(10)(x))
        return he_kernels(model)

    return build


def _row(name, family, kind="cnn", **arguments):
    if "input_shape" not in arguments:  # EfficientNet's word for it
        arguments["image_shape"] = _IMAGE
    return Architecture(name, kind, _network(family, arguments), waves(*_IMAGE), fed="waves")


# Of HGNetV2: channels in, within and out, blocks, layers, kernel.
_STAGES = [(16, 16, 32, 1, 3, 3), (32, 16, 64, 1, 3, 3), (64, 32, 96, 2, 3, 5)]
_VIT = dict(patch_size=16, num_layers=2, num_heads=4, hidden_dim=64)

HUB_IMAGES = [
    _row(
        "hub_resnet",
        "ResNet",
        input_conv_filters=[64],
        input_conv_kernel_sizes=[7],
        stackwise_num_filters=[64, 64, 96],
        stackwise_num_blocks=[1, 1, 1],
        stackwise_num_strides=[1, 2, 2],
        block_type="basic_block",
        use_pre_activation=True,
    ),
    _row(
        "hub_resnet_vd",
        "ResNet",
        input_conv_filters=[16, 16, 32],
        input_conv_kernel_sizes=[3, 3, 3],
        stackwise_num_filters=[64, 64],
        stackwise_num_blocks=[1, 1],
        stackwise_num_strides=[1, 2],
        block_type="bottleneck_block_vd",
    ),
    _row(
        "hub_mobilenet",
        "MobileNet",
        stackwise_expansion=[[40, 56], [64, 144], [72, 144]],
        stackwise_num_blocks=[2, 2, 2],
        stackwise_num_filters=[[16, 16], [24, 24], [48, 48]],
        stackwise_kernel_size=[[3, 3], [5, 5], [5, 5]],
        stackwise_num_strides=[[2, 1], [2, 1], [1, 1]],
        stackwise_se_ratio=[[None, None], [0.25, 0.25], [0.25, 0.25]],
        stackwise_activation=[["relu"] * 2, ["hard_swish"] * 2, ["hard_swish"] * 2],
        stackwise_padding=[[1, 1], [2, 2], [2, 2]],
        output_num_filters=None,
        depthwise_filters=16,
        depthwise_stride=1,
        depthwise_residual=True,
        last_layer_filter=96,
        squeeze_and_excite=0.5,
    ),
    _row(
        "hub_efficientnet",
        "EfficientNet",
        input_shape=_IMAGE,
        stackwise_width_coefficients=[1.0] * 4,
        stackwise_depth_coefficients=[1.0] * 4,
        stackwise_kernel_sizes=[3, 3, 5, 3],
        stackwise_num_repeats=[1, 2, 2, 1],
        stackwise_input_filters=[16, 16, 24, 32],
        stackwise_output_filters=[16, 24, 32, 48],
        stackwise_expansion_ratios=[1, 4, 4, 6],
        stackwise_squeeze_and_excite_ratios=[0.0, 0.0, 0.25, 0.25],
        stackwise_strides=[1, 2, 2, 1],
        stackwise_block_types=["fused", "fused", "unfused", "unfused"],
        stackwise_force_input_filters=[0] * 4,
        stackwise_nores_option=[False] * 4,
        dropout=0.0,
        num_features=128,
    ),
    _row("hub_densenet", "DenseNet", stackwise_num_repeats=[2, 3, 2], growth_rate=16),
    _row(
        "hub_csp_darknet",
        "CSPNet",
        stem_filters=16,
        stem_kernel_size=3,
        stem_strides=2,
        stackwise_depth=[1, 2, 2],
        stackwise_strides=[1, 2, 2],
        stackwise_num_filters=[16, 32, 64],
        block_type="dark_block",
        stage_type="dark",
    ),
    _row(
        "hub_vgg",
        "VGG",
        stackwise_num_repeats=[1, 1, 2],
        stackwise_num_filters=[16, 32, 64],
    ),
    _row(
        "hub_xception",
        "Xception",
        stackwise_conv_filters=[[16, 32], [32, 64], [96, 96]],
        stackwise_pooling=[True, True, False],
    ),
    _row(
        "hub_hgnet_v2",
        "HGNetV2",
        depths=[1, 1, 2],
        embedding_size=16,
        hidden_sizes=[32, 64, 96],
        stem_channels=[3, 16, 16],
        hidden_act="relu",
        use_learnable_affine_block=True,
        stackwise_stage_filters=_STAGES,
        apply_downsample=[False, True, True],
        use_lightweight_conv_block=[False, False, True],
    ),
    _row("hub_vit", "ViT", "transformer", mlp_dim=128, **_VIT),
    _row("hub_deit", "DeiT", "transformer", intermediate_dim=128, **_VIT),
    _row(
        "hub_dinov2",
        "DINOV2",
        "transformer",
        intermediate_dim=128,
        num_register_tokens=2,
        position_embedding_shape=_IMAGE,
        **_VIT,
    ),
    _row(
        "hub_mix_transformer",
        "MiT",
        "transformer",
        layerwise_depths=[1, 1],
        num_layers=2,
        layerwise_num_heads=[1, 2],
        layerwise_sr_ratios=[4, 1],
        max_drop_path_rate=0.0,
        layerwise_patch_sizes=[7, 3],
        layerwise_strides=[4, 2],
        hidden_dims=[32, 64],
    ),
    _row(
        "hub_swin",
        "SwinTransformer",
        "transformer",
        embed_dim=32,
        depths=(1, 2),
        num_heads=(2, 4),
        window_size=4,
        drop_path=0.0,
    ),
]
