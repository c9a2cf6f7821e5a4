"""Corruptions of texts, one file each."""

from keras_distill.corruptions.text.case import Case as Case
from keras_distill.corruptions.text.delete import Delete as Delete
from keras_distill.corruptions.text.insert import Insert as Insert
from keras_distill.corruptions.text.keyboard import Keyboard as Keyboard
from keras_distill.corruptions.text.ocr import Ocr as Ocr
from keras_distill.corruptions.text.punctuation import Punctuation as Punctuation
from keras_distill.corruptions.text.text_corruption import TextCorruption as TextCorruption
from keras_distill.corruptions.text.transpose import Transpose as Transpose
from keras_distill.corruptions.text.unknown_words import UnknownWords as UnknownWords
from keras_distill.corruptions.text.whitespace import Whitespace as Whitespace
from keras_distill.corruptions.text.word_drop import WordDrop as WordDrop
from keras_distill.corruptions.text.word_swap import WordSwap as WordSwap
