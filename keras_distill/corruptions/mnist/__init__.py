"""Corruptions of MNIST-C, one file each."""

from keras_distill.corruptions.mnist.brightness import Brightness as Brightness
from keras_distill.corruptions.mnist.canny_edges import CannyEdges as CannyEdges
from keras_distill.corruptions.mnist.dotted_line import DottedLine as DottedLine
from keras_distill.corruptions.mnist.fog import Fog as Fog
from keras_distill.corruptions.mnist.glass_blur import GlassBlur as GlassBlur
from keras_distill.corruptions.mnist.impulse_noise import ImpulseNoise as ImpulseNoise
from keras_distill.corruptions.mnist.mnist_corruption import MnistCorruption as MnistCorruption
from keras_distill.corruptions.mnist.motion_blur import MotionBlur as MotionBlur
from keras_distill.corruptions.mnist.rotate import Rotate as Rotate
from keras_distill.corruptions.mnist.scale import Scale as Scale
from keras_distill.corruptions.mnist.shear import Shear as Shear
from keras_distill.corruptions.mnist.shot_noise import ShotNoise as ShotNoise
from keras_distill.corruptions.mnist.spatter import Spatter as Spatter
from keras_distill.corruptions.mnist.stripe import Stripe as Stripe
from keras_distill.corruptions.mnist.translate import Translate as Translate
from keras_distill.corruptions.mnist.zigzag import Zigzag as Zigzag
