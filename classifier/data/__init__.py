"""Frames and labels as tensors: which frames, prepared how, changed at random how, split how."""

from classifier.data.cores import apart, in_order
from classifier.data.decoding import Batch, decoded, frame_pictures
from classifier.data.labelled import (
    LabelledFrames,
    labelled_frames,
    labels_asked_for,
    read_labels_for,
)
from classifier.data.pictures import prepared
from classifier.data.recorded import recorded_images
from classifier.data.split import Split, folds_of, folds_up_to, split_of
from classifier.data.views import Recipe, recipe_of, viewed

__all__ = [
    "Batch",
    "LabelledFrames",
    "Recipe",
    "Split",
    "apart",
    "decoded",
    "folds_of",
    "folds_up_to",
    "frame_pictures",
    "in_order",
    "labelled_frames",
    "labels_asked_for",
    "prepared",
    "read_labels_for",
    "recipe_of",
    "recorded_images",
    "split_of",
    "viewed",
]
