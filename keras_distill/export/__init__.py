"""From a model to an artefact on disk that was run and compared before it was handed over."""

from keras_distill.export.describe import describe as describe
from keras_distill.export.diagnose import diagnose as diagnose
from keras_distill.export.diagnosis.diagnosis import Diagnosis as Diagnosis
from keras_distill.export.diagnosis.layer_diagnosis import LayerDiagnosis as LayerDiagnosis
from keras_distill.export.proof.artefact import Artefact as Artefact
from keras_distill.export.proof.parity import Parity as Parity
from keras_distill.export.to_c_array import to_c_array as to_c_array
from keras_distill.export.to_saved_model import to_saved_model as to_saved_model
from keras_distill.export.to_tflite import to_tflite as to_tflite
from keras_distill.export.verify import verify as verify
