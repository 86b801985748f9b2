"""Recorded image -> what the classifier sees: crop, resize, [0, 1].

The one implementation for training, evaluation and prediction. It is that of the robot:
ImageCropResizeProcessorStep of LeRobot 0.6.1 (processor/hil_processor.py), which crops, resizes
float images bilinearly with antialiasing (torchvision's `resize`) and clamps.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from classifier.config import CameraInput


def prepare_image(pixels: NDArray[np.uint8], camera: CameraInput) -> Tensor:
    """One RGB image (height, width, 3), uint8 -> float32 (3, camera.height, camera.width)."""
    top, left, height, width = camera.crop or (0, 0, *pixels.shape[:2])
    cut = pixels[top : top + height, left : left + width]
    # Copied only where PyTorch could not read it in place.
    plain = np.require(cut, requirements=["C", "W"])
    image = torch.from_numpy(plain).permute(2, 0, 1).float().div_(255)
    return resize_image(image, camera.height, camera.width)


def resize_image(image: Tensor, height: int, width: int) -> Tensor:
    """A float image (3, h, w) in [0, 1] at another size; the same one if it has that size."""
    if image.shape[-2:] == (height, width):
        return image
    scaled = functional.interpolate(
        image[None], (height, width), mode="bilinear", align_corners=False, antialias=True
    )
    return scaled[0].clamp_(0.0, 1.0)
