"""Teachers: fed right (`examine`, `adapt`), several as one, or known by their outputs."""

from keras_distill.teachers.adapt import adapt as adapt
from keras_distill.teachers.attach import attach as attach
from keras_distill.teachers.ensemble import Ensemble as Ensemble
from keras_distill.teachers.examination import Examination as Examination
from keras_distill.teachers.examine import examine as examine
from keras_distill.teachers.finding import Finding as Finding
from keras_distill.teachers.from_arrays import from_arrays as from_arrays
from keras_distill.teachers.precompute import precompute as precompute
from keras_distill.teachers.precomputed import Precomputed as Precomputed
