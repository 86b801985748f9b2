"""What there is for several recordings only: merging, balance, training on the result."""
