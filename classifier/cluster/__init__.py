"""Work on the nodes of a Dask cluster: who joins one, what its nodes lack, frames encoded there.

Dask is an optional extra and is imported only once a cluster is asked for.
"""

from classifier.cluster.connection import Cluster, open_cluster
from classifier.cluster.encoding import ClusterEncoding
from classifier.cluster.nodes import require_nodes
from classifier.cluster.work import EncoderOrigin, EncodingWork, state_of

__all__ = [
    "Cluster",
    "ClusterEncoding",
    "EncoderOrigin",
    "EncodingWork",
    "open_cluster",
    "require_nodes",
    "state_of",
]
