"""Is the teacher fed right, and how to feed it: `examine` finds out, `adapt` mends."""

from keras_distill.teachers.adapt import adapt as adapt
from keras_distill.teachers.examination import Examination as Examination
from keras_distill.teachers.examine import examine as examine
from keras_distill.teachers.finding import Finding as Finding
