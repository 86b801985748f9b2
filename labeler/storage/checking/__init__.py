"""Whether a copy is what its record, its labels and its source say."""
