"""Layout of v2.0 and v2.1: one parquet file and one MP4 per camera for each episode."""

from pathlib import Path
from typing import Any

from labeler import disk
from labeler.dataset.formats import Version, format_of
from labeler.dataset.statistics import Statistics, as_lists
from labeler.storage.recording.episode import ReadyEpisode
from labeler.storage.recording.features import features
from labeler.storage.recording.layout import ParquetBuffer, Totals, json_line, json_text
from labeler.storage.recording.specification import RecordingSpec

DATA_PATH, VIDEO_PATH = format_of(Version.V21).data_path, format_of(Version.V21).video_path


class RecordingLayoutV2:
    """Files of v2.0 or v2.1 below `root`, which exists and is empty."""

    def __init__(self, root: Path, spec: RecordingSpec) -> None:
        self._root = root
        self._spec = spec
        self._totals = Totals()
        self._episode_lines = bytearray()
        self._statistics_lines = bytearray()

    def add(self, episode: ReadyEpisode) -> None:
        """Write the files of one episode."""
        rows = ParquetBuffer(episode.rows.schema)
        rows.add(episode.rows)
        self._write(DATA_PATH, rows.finish(), episode)
        for key, video in episode.videos.items():
            self._write(VIDEO_PATH, video, episode, video_key=key)
        line = {"episode_index": episode.index, "tasks": [episode.task], "length": episode.length}
        self._episode_lines += json_line(line)
        statistics = {name: as_lists(part) for name, part in episode.statistics.items()}
        self._statistics_lines += json_line({"episode_index": episode.index, "stats": statistics})
        self._totals.add(episode)

    def finish(self, tasks: list[str]) -> None:
        """Write the metadata; `tasks[i]` is the text of task i."""
        meta = self._root / "meta"
        disk.make_folders(meta)
        lines = [json_line({"task_index": i, "task": task}) for i, task in enumerate(tasks)]
        disk.write_file(meta / "tasks.jsonl", b"".join(lines))
        disk.write_file(meta / "episodes.jsonl", self._episode_lines)
        if self._spec.format.episode_statistics == "lines":
            disk.write_file(meta / "episodes_stats.jsonl", self._statistics_lines)
        else:
            total = self._totals.statistics.total()
            content = {name: _global_v20(part) for name, part in total.items()}
            disk.write_file(meta / "stats.json", json_text(content))
        disk.write_file(meta / "info.json", json_text(self._info(len(tasks))))

    def _info(self, tasks: int) -> dict[str, Any]:
        spec, totals = self._spec, self._totals
        return {
            "codebase_version": spec.version,
            "robot_type": spec.robot_type,
            "total_episodes": totals.episodes,
            "total_frames": totals.frames,
            "total_tasks": tasks,
            "total_videos": totals.episodes * len(spec.videos),
            "total_chunks": -(-totals.episodes // spec.chunks_size),
            "chunks_size": spec.chunks_size,
            "fps": spec.fps,
            "splits": totals.splits,
            "data_path": DATA_PATH,
            "video_path": VIDEO_PATH if spec.videos else None,
            "features": features(spec),
        }

    def _write(self, template: str, data: bytes, episode: ReadyEpisode, **names: str) -> None:
        chunk = episode.index // self._spec.chunks_size
        relative = template.format(episode_chunk=chunk, episode_index=episode.index, **names)
        path = self._root / relative
        disk.make_folders(path.parent)
        disk.write_file(path, data)


def _global_v20(part: Statistics) -> dict[str, list[Any]]:
    """Floats throughout and no count, as v2.0 keeps them."""
    floats = {key: values.astype(float) for key, values in part.items()}
    return as_lists(floats, ("mean", "std", "max", "min"))
