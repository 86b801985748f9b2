"""Suggestions and labels in the few words in which a list or a sentence names them."""

import numpy as np
from numpy.typing import NDArray

from labeler.labels import EpisodeLabel, FrameRange, State
from labeler.labels.wording import plural
from labeler.review.suggestion import Basis, Suggestion, SuggestionKind, confidence_word


def label_words(label: EpisodeLabel) -> str:
    """`53`, `38–61, 78–99` or `never`."""
    if label.cutoff is not None:
        return str(label.cutoff)
    return _ranges(label.success) if label.success else State.NEVER.value


def suggestion_words(suggestion: Suggestion) -> str:
    """`success from 61`, `success in 38–61, 78–99` or `never`."""
    match suggestion.kind:
        case SuggestionKind.CUTOFF:
            return f"success from {suggestion.cutoff}"
        case SuggestionKind.RANGES:
            return f"success in {_ranges(suggestion.ranges)}"
        case _:
            return State.NEVER.value


def suggestion_sentence(suggestion: Suggestion) -> str:
    """`Model: success from 61, high confidence`, or `Hint from signals: never, low confidence`."""
    words = suggestion_words(suggestion)
    if suggestion.by:
        return f"{suggestion.by}: {words}"
    if suggestion.basis is Basis.SIGNALS:
        word = confidence_word(suggestion.confidence)
        return f"Hint from signals: {words}, {word} confidence"
    return f"Model: {words}, {confidence_word(suggestion.confidence)} confidence"


def unlike_sentence(unlike: NDArray[np.bool_]) -> str:
    """How many frames of an episode are not like the training; empty if none, bool (length,).

    `35 of 140 frames are not like those of the training`
    """
    count = int(unlike.sum())
    if not count:
        return ""
    if count == len(unlike):
        return "No frame is like those of the training"
    verb = "is" if count == 1 else "are"
    return f"{count} of {plural(len(unlike), 'frame')} {verb} not like those of the training"


def reason(label: EpisodeLabel, suggestion: Suggestion) -> str:
    """Why to look at a label: `label 53, model says 61 with high confidence`.

    Another operator just says it: `label 53, ben says 61`.
    """
    both_cutoffs = label.cutoff is not None and suggestion.kind is SuggestionKind.CUTOFF
    said = str(suggestion.cutoff) if both_cutoffs else suggestion_words(suggestion)
    if suggestion.by:
        return f"label {label_words(label)}, {suggestion.by} says {said}"
    word = confidence_word(suggestion.confidence)
    return f"label {label_words(label)}, model says {said} with {word} confidence"


def _ranges(ranges: tuple[FrameRange, ...]) -> str:
    return ", ".join(f"{part.start}–{part.end - 1}" for part in ranges)
