"""Files that are written whole or not at all, their checksums, and work done in a child process."""

from keras_distill.files.atomic_path import atomic_path as atomic_path
from keras_distill.files.run_child import run_child as run_child
from keras_distill.files.sha256 import sha256 as sha256
