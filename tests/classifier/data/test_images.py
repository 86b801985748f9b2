"""A picture is cut and resized as LeRobot does it on the robot."""

import numpy as np
import pytest
import torch
from torchvision.transforms import functional as vision

from classifier.config import CameraInput
from classifier.data import prepare_image
from classifier.data.images import resize_image

CROPS = [None, (0, 0, 48, 64), (3, 5, 40, 31), (47, 63, 1, 1)]
SIZES = [(128, 128), (20, 33), (48, 64), (97, 128), (1, 1)]


def recorded() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (48, 64, 3), dtype=np.uint8)


@pytest.mark.parametrize("crop", CROPS)
@pytest.mark.parametrize("size", SIZES)
def test_crop_and_resize_are_those_of_the_robot(crop, size) -> None:
    """ImageCropResizeProcessorStep of LeRobot 0.6.1: crop, resize, clamp, on [0, 1] pictures."""
    pixels = recorded()
    expected = torch.from_numpy(pixels).permute(2, 0, 1).float() / 255
    if crop is not None:
        expected = vision.crop(expected, *crop)
    expected = vision.resize(expected, list(size)).clamp(0, 1)
    found = prepare_image(pixels, CameraInput("observation.images.a", *size, crop))
    assert found.shape == (3, *size)
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, expected, atol=1e-6, rtol=0)


def test_a_picture_of_the_right_size_is_not_resampled() -> None:
    pixels = recorded()
    found = prepare_image(pixels, CameraInput("observation.images.a", 40, 31, (3, 5, 40, 31)))
    again = found.mul(255).round().byte().permute(1, 2, 0).numpy()
    np.testing.assert_array_equal(again, pixels[3:43, 5:36])
    assert resize_image(found, 40, 31) is found


def test_black_and_white_stay_what_they_are() -> None:
    pixels = np.zeros((48, 64, 3), np.uint8)
    pixels[:, 32:] = 255
    found = prepare_image(pixels, CameraInput("observation.images.a", 128, 100))
    assert found.min() == 0
    assert found.max() == 1


def test_pixels_that_may_not_be_written_are_read() -> None:
    pixels = recorded()
    expected = prepare_image(pixels, CameraInput("observation.images.a", 48, 64))
    pixels.flags.writeable = False
    before = pixels.copy()
    assert torch.equal(prepare_image(pixels, CameraInput("observation.images.a", 48, 64)), expected)
    np.testing.assert_array_equal(pixels, before)
