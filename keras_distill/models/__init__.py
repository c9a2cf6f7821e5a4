"""Students and small architectures, all ending in logits."""

from keras_distill.models.bag_of_embeddings import bag_of_embeddings as bag_of_embeddings
from keras_distill.models.bilstm import bilstm as bilstm
from keras_distill.models.cifar_resnet import cifar_resnet as cifar_resnet
from keras_distill.models.fewer_layers import fewer_layers as fewer_layers
from keras_distill.models.hugging_face_classifier import (
    hugging_face_classifier as hugging_face_classifier,
)
from keras_distill.models.linear_on_pooled import linear_on_pooled as linear_on_pooled
from keras_distill.models.narrow import narrow as narrow
from keras_distill.models.prune_vocabulary import prune_vocabulary as prune_vocabulary
from keras_distill.models.small_bert import small_bert as small_bert
from keras_distill.models.text_cnn import text_cnn as text_cnn
