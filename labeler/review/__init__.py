"""From probabilities to suggestions and to the order of work. Knows no window."""

from labeler.review.scores import Scores, read_scores
from labeler.review.suggestion import Suggestion, suggest

__all__ = ["Scores", "Suggestion", "read_scores", "suggest"]
