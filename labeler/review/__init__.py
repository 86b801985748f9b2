"""From probabilities to suggestions and to the order of work. Knows no window."""

from labeler.review.scores import Scores, read_scores
from labeler.review.suggestion import Basis, Kind, Suggestion, suggest

__all__ = ["Basis", "Kind", "Scores", "Suggestion", "read_scores", "suggest"]
