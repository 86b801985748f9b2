"""`meta/tasks.parquet` and `tasks.jsonl`."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.broken.edit import edit_lines, edit_table, tasks
from tests.mutations.mutation import V2, V3, add, mutation
from tests.mutations.rows import cast

_FIRST = b'"name": "task"'


def _table(edit):
    return lambda root: edit_table(tasks(root), edit)


def _lines(change):
    return lambda root: edit_lines(tasks(root), change)


add("tasks: rows in reverse order", _table(lambda t: t.take([1, 0])), [V3])
add("tasks: task_index is int32", _table(cast("task_index", pa.int32())), [V3])
add("tasks: the text is a large string", _table(cast("task", pa.large_string())), [V3])
add("tasks: without metadata of pandas", _table(lambda t: t.replace_schema_metadata(None)), [V3])
add("tasks: without task_index", _table(lambda t: t.drop_columns(["task_index"])), [V3])
add("tasks: one lacks", _table(lambda t: t.slice(0, 1)), [V3])
add("tasks: a further one", _table(lambda t: pa.concat_tables([t, t.slice(0, 1)])), [V3])
add("tasks: no file", lambda root: tasks(root).unlink())


@mutation("tasks: the index is called __index_level_0__", V3)
def _old_name(root: Path) -> None:
    table = pq.read_table(tasks(root))
    pandas = table.schema.metadata[b"pandas"].replace(b'"task"', b'"__index_level_0__"')
    names = ["__index_level_0__" if name == "task" else name for name in table.column_names]
    pq.write_table(
        table.rename_columns(names).replace_schema_metadata({b"pandas": pandas}), tasks(root)
    )


add("tasks: lines in reverse order", _lines(lambda r: r[::-1]), [V2])
add("tasks: task_index is a string", _lines(lambda r: r[1].update(task_index="1")), [V2])
add("tasks: task_index is a float", _lines(lambda r: r[1].update(task_index=1.0)), [V2])
add("tasks: one lacks", _lines(lambda r: r[:1]), [V2])
add("tasks: one is there twice", _lines(lambda r: [*r, r[0]]), [V2])
add("tasks: a text is null", _lines(lambda r: r[0].update(task=None)), [V2])
add("tasks: an empty file", lambda root: tasks(root).write_text("") and None, [V2])
