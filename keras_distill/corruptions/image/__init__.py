"""Corruptions of images, one file each."""

from keras_distill.corruptions.image.brightness import Brightness as Brightness
from keras_distill.corruptions.image.contrast import Contrast as Contrast
from keras_distill.corruptions.image.defocus_blur import DefocusBlur as DefocusBlur
from keras_distill.corruptions.image.gaussian_blur import GaussianBlur as GaussianBlur
from keras_distill.corruptions.image.gaussian_noise import GaussianNoise as GaussianNoise
from keras_distill.corruptions.image.glass_blur import GlassBlur as GlassBlur
from keras_distill.corruptions.image.image_corruption import ImageCorruption as ImageCorruption
from keras_distill.corruptions.image.impulse_noise import ImpulseNoise as ImpulseNoise
from keras_distill.corruptions.image.jpeg_compression import JpegCompression as JpegCompression
from keras_distill.corruptions.image.missing_patch import MissingPatch as MissingPatch
from keras_distill.corruptions.image.missing_rows import MissingRows as MissingRows
from keras_distill.corruptions.image.motion_blur import MotionBlur as MotionBlur
from keras_distill.corruptions.image.pixelate import Pixelate as Pixelate
from keras_distill.corruptions.image.shot_noise import ShotNoise as ShotNoise
from keras_distill.corruptions.image.zoom_blur import ZoomBlur as ZoomBlur
