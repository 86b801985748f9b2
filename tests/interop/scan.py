"""Run by a LeRobot environment: read every row and image of a dataset, whatever state it is in."""

from pathlib import Path

from read_copy import pixels


def scan(root, frames, tolerance_s=1e-4):
    """Every value, and which rows have images; their pixels go to the .npz file `frames`.

    Keys of that file are `<row>/<camera>`; a row that LeRobot cannot fetch is left out, and the
    first reason is told.
    """
    import numpy
    from lerobot.datasets.lerobot_dataset import LeRobotDataset

    dataset = LeRobotDataset(
        "local/recording", root=Path(root), video_backend="pyav", tolerance_s=tolerance_s
    )
    table = dataset.hf_dataset.data.table
    cameras = list(dataset.meta.camera_keys)
    images, reason = {}, ""
    for row in range(table.num_rows):
        try:
            item = dataset[row]
            for key in cameras:
                images[f"{row}/{key}"] = pixels(item[key])
        except Exception as error:  # noqa: BLE001 - whatever it is, the item cannot be had
            reason = reason or f"{type(error).__name__}: {error}"
    numpy.savez(frames, **images)
    names = [key for key in table.column_names if key not in cameras]
    return {
        "values": {key: table[key].to_pylist() for key in names},
        "cameras": cameras,
        "rows": len(dataset),
        "reason": reason.splitlines()[0][:200] if reason else "",
    }
