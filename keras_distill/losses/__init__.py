"""Losses between teacher and student: one class per file, one value per example."""

from keras_distill.losses.attention_maps import AttentionMaps as AttentionMaps
from keras_distill.losses.attention_transfer import AttentionTransfer as AttentionTransfer
from keras_distill.losses.binary_soft_targets import BinarySoftTargets as BinarySoftTargets
from keras_distill.losses.contrastive_representation import (
    ContrastiveRepresentation as ContrastiveRepresentation,
)
from keras_distill.losses.correlation_congruence import (
    CorrelationCongruence as CorrelationCongruence,
)
from keras_distill.losses.decoupled_distillation import (
    DecoupledDistillation as DecoupledDistillation,
)
from keras_distill.losses.dist import DIST as DIST
from keras_distill.losses.distillation_loss import DistillationLoss as DistillationLoss
from keras_distill.losses.entropy import Entropy as Entropy
from keras_distill.losses.factor_transfer import FactorTransfer as FactorTransfer
from keras_distill.losses.feature_distillation import FeatureDistillation as FeatureDistillation
from keras_distill.losses.feature_hint import FeatureHint as FeatureHint
from keras_distill.losses.hard_teacher_labels import HardTeacherLabels as HardTeacherLabels
from keras_distill.losses.hidden_states import HiddenStates as HiddenStates
from keras_distill.losses.keras_loss import KerasLoss as KerasLoss
from keras_distill.losses.logit_matching import LogitMatching as LogitMatching
from keras_distill.losses.logits_distillation import LogitsDistillation as LogitsDistillation
from keras_distill.losses.multi_level_logits import MultiLevelLogits as MultiLevelLogits
from keras_distill.losses.neuron_selectivity import NeuronSelectivity as NeuronSelectivity
from keras_distill.losses.probabilistic_transfer import (
    ProbabilisticTransfer as ProbabilisticTransfer,
)
from keras_distill.losses.regression_targets import RegressionTargets as RegressionTargets
from keras_distill.losses.relational_distillation import (
    RelationalDistillation as RelationalDistillation,
)
from keras_distill.losses.response_loss import ResponseLoss as ResponseLoss
from keras_distill.losses.review_distillation import ReviewDistillation as ReviewDistillation
from keras_distill.losses.sequence_soft_targets import SequenceSoftTargets as SequenceSoftTargets
from keras_distill.losses.similarity_preservation import (
    SimilarityPreservation as SimilarityPreservation,
)
from keras_distill.losses.simplified_reuse import SimplifiedReuse as SimplifiedReuse
from keras_distill.losses.soft_targets import SoftTargets as SoftTargets
from keras_distill.losses.solution_flow import SolutionFlow as SolutionFlow
from keras_distill.losses.teacher_confidence import TeacherConfidence as TeacherConfidence
from keras_distill.losses.value_relations import ValueRelations as ValueRelations
from keras_distill.losses.variational_information import (
    VariationalInformation as VariationalInformation,
)
