"""The data files of a merged dataset, as they are to be written."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labeler.errors import DamagedDatasetError
from labeler.parquet.reading import read_table
from labeler.parquet.rewriting import compression, encode_table, rename_columns
from labeler.parquet.splice import Splice
from labeler.storage.copying.plan import RowsJob
from labeler.storage.copying.rows import PlannedRows, RowsWriter
from labeler.storage.merging.plan import MergedRows, MergePlan

TASK_INDEX = "task_index"


def check_merged_rows(plan: MergePlan) -> None:
    """Read where the rows of all data files belong.

    Raises:
        DamagedDatasetError: the rows of a source are not those that its metadata promise.
    """
    writers = [RowsWriter(part.dataset, plan.columns, whole=False) for part in plan.parts]
    for rows in plan.rows:
        for job in rows.jobs:
            writers[rows.part].check(job)


@dataclass(frozen=True)
class MergedRowsPlan:
    """A data file that is not yet written, and the values of `task_index` in it, shape (rows,)."""

    rows: PlannedRows
    tasks: NDArray[np.int64]


class PartRows:
    """Plans data files for one source of a merged dataset.

    `own` are the texts of its tasks by their `task_index`, `tasks` those of all.
    """

    def __init__(
        self, plan: MergePlan, number: int, own: Mapping[int, str], tasks: Sequence[str]
    ) -> None:
        part = plan.parts[number]
        self._plan = plan
        self._source = part.dataset
        self._names = part.new_keys
        self._writer = RowsWriter(part.dataset, plan.columns, whole=False, format=plan.format)
        self._numbers = np.zeros(max(own, default=0) + 1, dtype=np.int64)
        for old, text in own.items():
            self._numbers[old] = tasks.index(text)

    def plan(self, job: MergedRows) -> MergedRowsPlan:
        """Work out one data file, the rows of which were checked."""
        parts = [self._columns(one) for one in job.jobs]
        columns = {
            name: pa.concat_arrays([part[name] for part in parts]) if parts[1:] else parts[0][name]
            for name in parts[0]
        }
        if self._as_it_is(job):
            splice = Splice(self._source.root / job.jobs[0].source, columns).with_ending
        else:
            splice = partial(self._put_together, job.jobs, columns)
        tasks = columns[TASK_INDEX].to_numpy(zero_copy_only=False)
        return MergedRowsPlan(PlannedRows(columns, splice), tasks)

    def _columns(self, job: RowsJob) -> dict[str, pa.Array]:
        """The columns that are written for the kept rows of a data file."""
        table = read_table(self._source.root / job.source, [TASK_INDEX, "timestamp"])
        kept = self._writer.rows_to_keep(job, table.num_rows)
        tasks = self._numbers[table[TASK_INDEX].to_numpy()[kept]]
        return self._writer.columns(job, table["timestamp"]) | {TASK_INDEX: pa.array(tasks)}

    def _as_it_is(self, job: MergedRows) -> bool:
        """Whether every other column can stay in the file byte for byte."""
        same = self._source.info.format.list_type == self._plan.format.list_type
        names = {self._names.get(name, name) for name in self._source.info.features}
        images = {camera.key for camera in self._source.cameras if camera.kind == "image"}
        changes = names & set(self._plan.agreement.dropped) or images & set(self._names)
        return same and len(job.jobs) == 1 and job.jobs[0].whole and not changes

    def _put_together(self, jobs: Sequence[RowsJob], columns: dict[str, pa.Array]) -> Splice:
        tables = [self._select_table(job) for job in jobs]
        try:
            table = pa.concat_tables(tables, promote_options="permissive")
        except pa.ArrowException as error:
            raise DamagedDatasetError(
                f"The data files of {self._source.root} have columns of different types.",
                "Bring them to one type, or leave this source out.",
            ) from error
        table = table.replace_schema_metadata(self._metadata(tables[0].schema))
        groups = [len(kept) for job in jobs for _, kept in job.parts]
        source = self._source.root / jobs[0].source
        content = encode_table(table, groups, compression(source))
        return Splice(source, columns, content=content)

    def _select_table(self, job: RowsJob) -> pa.Table:
        """The kept rows, only with columns that the merged dataset has."""
        table = rename_columns(read_table(self._source.root / job.source), self._names)
        wanted = self._plan.agreement.features
        names = [name for name in table.column_names if name in wanted]
        kept = self._writer.rows_to_keep(job, table.num_rows)
        return table.select(names).filter(pa.array(kept))

    def _metadata(self, schema: pa.Schema) -> dict[bytes, bytes]:
        """What `datasets` says of the columns, in the words of the version; nothing else stays."""
        text = (schema.metadata or {}).get(b"huggingface")
        try:
            features = json.loads(text)["info"]["features"] if text else None
        except (ValueError, KeyError, TypeError):
            features = None
        if not isinstance(features, dict):
            return {}
        kept = {name: entry for name, entry in features.items() if name in schema.names}
        if self._plan.format.list_type == "List":
            kept = {name: _with_lists(entry) for name, entry in kept.items()}
        return {b"huggingface": json.dumps({"info": {"features": kept}}).encode()}


def _with_lists(entry: Any) -> Any:  # noqa: ANN401 - JSON
    """`Sequence` of `datasets` up to 3.6 is `List` from 4.0 on."""
    if isinstance(entry, dict) and entry.get("_type") == "Sequence":
        return {**entry, "feature": _with_lists(entry.get("feature")), "_type": "List"}
    return entry
