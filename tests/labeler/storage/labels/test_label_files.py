"""The table of labels as a parquet file."""

import io

import pyarrow.parquet as pq

from labeler.labels.label_rows import COLUMNS, TableForm, to_csv
from labeler.storage.labels.label_files import table_of_labels
from tests.labeler.labels.test_label_rows import LABELS


def test_the_table_has_a_row_for_each_episode_with_ranges_as_lists() -> None:
    assert table_of_labels(LABELS, TableForm.TABLE) == to_csv(LABELS)
    content = table_of_labels(LABELS, TableForm.PARQUET)
    assert isinstance(content, bytes)
    table = pq.read_table(io.BytesIO(content))
    assert tuple(table.column_names) == COLUMNS
    first, second, third = table.to_pylist()
    assert first["success"] == [{"start": 4, "end": 6}, {"start": 8, "end": 10}]
    assert (first["first_success"], first["flagged"], first["note"]) == (4, True, "a, b")
    assert (second["success"], second["first_success"], second["flagged"]) == ([], None, False)
    assert (third["state"], third["failure_frames"], third["excluded"]) == ("never", 6, [])
