"""Work on the nodes of a Dask cluster: who joins one, what its nodes lack, frames encoded there.

Dask is an optional extra and is imported only once a cluster is asked for.
"""

from classifier.cluster.cluster_encoding import ClusterEncoding
from classifier.cluster.connection import Cluster, open_cluster
from classifier.cluster.inventory import inventory
from classifier.cluster.nodes import Nodes, require_nodes
from classifier.cluster.predicting import (
    PredictionWork,
    predictions_on,
    require_checkpoint,
    weights_digest,
)
from classifier.cluster.work import (
    SAME_DATASET,
    EncoderOrigin,
    EncodingWork,
    require_encoder,
    state_of,
    take_one_core,
)

__all__ = [
    "SAME_DATASET",
    "Cluster",
    "ClusterEncoding",
    "EncoderOrigin",
    "EncodingWork",
    "Nodes",
    "PredictionWork",
    "inventory",
    "open_cluster",
    "predictions_on",
    "require_checkpoint",
    "require_encoder",
    "require_nodes",
    "state_of",
    "take_one_core",
    "weights_digest",
]
