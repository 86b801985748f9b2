"""One cluster for all tests that leave it as it is."""

from collections.abc import Iterator

import pytest

from tests.classifier.cluster.nodes import Nodes


@pytest.fixture(scope="session")
def nodes(tmp_path_factory) -> Iterator[Nodes]:
    """Two workers."""
    pytest.importorskip("distributed", reason="the extra dask is not installed")
    folder = tmp_path_factory.mktemp("nodes")
    cluster = Nodes(folder, LABELER_CACHE=str(folder / "cache"))
    cluster.start_worker()
    cluster.start_worker()
    yield cluster
    cluster.close()
