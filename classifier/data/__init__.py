"""Frames and labels as tensors: which frames, prepared how, changed at random how, split how."""

from classifier.data.columns import (
    gate_columns,
    gate_entries,
    possible_columns,
    require_gates,
)
from classifier.data.cores import apart, in_order
from classifier.data.decoding import (
    Batch,
    Damage,
    OnDamage,
    coarse_images,
    decode_batches,
    frame_images,
    require_whole,
)
from classifier.data.images import prepare_image
from classifier.data.labelled import (
    LabelledFrames,
    labelled_frames,
    labels_asked_for,
    read_labels_for,
)
from classifier.data.recorded import last_frame_note, recorded_images
from classifier.data.split import Split, folds_for_choosing, folds_of, folds_up_to, split_of
from classifier.data.views import SLIGHT_CHANGES, Recipe, draw_view, recipe_of

__all__ = [
    "SLIGHT_CHANGES",
    "Batch",
    "Damage",
    "LabelledFrames",
    "OnDamage",
    "Recipe",
    "Split",
    "apart",
    "coarse_images",
    "decode_batches",
    "draw_view",
    "folds_for_choosing",
    "folds_of",
    "folds_up_to",
    "frame_images",
    "gate_columns",
    "gate_entries",
    "in_order",
    "labelled_frames",
    "labels_asked_for",
    "last_frame_note",
    "possible_columns",
    "prepare_image",
    "read_labels_for",
    "recipe_of",
    "recorded_images",
    "require_gates",
    "require_whole",
    "split_of",
]
