"""The hyper-parameters of distillation, searched by KerasTuner."""

from keras_distill.search.hyper_distiller import HyperDistiller as HyperDistiller
from keras_distill.search.search import search as search
from keras_distill.search.search_result import SearchResult as SearchResult
