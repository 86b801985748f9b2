"""Which cameras are fed, and in which size."""

import pytest

from classifier.config import CameraInput, camera_inputs, settings_of
from labeler.errors import UsageError

FRONT, WRIST = "observation.images.front", "observation.images.wrist"
TWO = {FRONT: (480, 640), WRIST: (240, 320)}
VISUAL = {"type": "VISUAL", "shape": [3, 112, 100]}


def inputs(recorded, **values):
    return camera_inputs(settings_of(values).config, recorded)


def test_the_only_camera_is_taken() -> None:
    assert inputs({FRONT: (480, 640)}) == (CameraInput(FRONT, 128, 128),)


def test_shape_of_input_features_and_size_of_the_fork() -> None:
    features = {WRIST: VISUAL, "observation.state": {"type": "STATE", "shape": [6]}}
    assert inputs(TWO, policy={"input_features": features}) == (CameraInput(WRIST, 112, 100),)
    both = {"input_features": features, "image_size": 96}
    assert inputs(TWO, policy=both) == (CameraInput(WRIST, 96, 96),)


def test_named_cameras_keep_their_order_and_crop() -> None:
    crop = {"crop_params_dict": {WRIST: [40, 60, 200, 260]}}
    found = inputs(TWO, train={"cameras": [WRIST, FRONT]}, dataset=crop)
    assert found == (CameraInput(WRIST, 128, 128, (40, 60, 200, 260)), CameraInput(FRONT, 128, 128))


def test_their_number_may_choose_all_cameras() -> None:
    assert [camera.key for camera in inputs(TWO, policy={"num_cameras": 2})] == [FRONT, WRIST]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "No camera was named.*front.*wrist"),
        ({"policy": {"num_cameras": 1}}, "num_cameras is 1.*are 2|No camera was named"),
        ({"train": {"cameras": ["observation.images.frnt"]}}, "Did you mean .*front"),
        ({"train": {"cameras": [FRONT, FRONT]}}, "twice"),
        ({"train": {"cameras": [FRONT]}, "policy": {"num_cameras": 2}}, "num_cameras is 2.*is obs"),
        (
            {
                "train": {"cameras": [WRIST]},
                "dataset": {"crop_params_dict": {WRIST: [41, 60, 200, 260]}},
            },
            "leaves the image.*<= 240",
        ),
        (
            {"train": {"cameras": [WRIST]}, "dataset": {"crop_params_dict": {"x": [0, 0, 1, 1]}}},
            "crop_params_dict names a camera 'x'",
        ),
        (
            {"policy": {"input_features": {FRONT: {"type": "VISUAL", "shape": [128, 128, 3]}}}},
            r"Write \[3, height, width\]",
        ),
    ],
    ids=str,
)
def test_what_is_unclear_is_an_error(values, message) -> None:
    with pytest.raises(UsageError, match=message):
        inputs(TWO, **values)


def test_a_camera_that_lerobot_would_overlook() -> None:
    with pytest.raises(UsageError, match=r"begin with 'observation\.image'"):
        inputs({"front": (64, 64)})


def test_a_camera_that_measures_depth_is_left_out_and_refused_by_name() -> None:
    def chosen(depth, **values):
        return camera_inputs(settings_of(values).config, TWO, depth)

    assert chosen([FRONT]) == (CameraInput(WRIST, 128, 128),)
    for depth, values in (
        ([FRONT], {"train": {"cameras": [WRIST, FRONT]}}),
        ([FRONT], {"policy": {"input_features": {FRONT: {**VISUAL, "shape": [1, 9, 9]}}}}),
        ([FRONT, WRIST], {}),
    ):
        with pytest.raises(UsageError, match=f"{FRONT} measures depth") as caught:
            chosen(depth, **values)
        assert caught.value.setting == "train.cameras"
