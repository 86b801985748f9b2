"""Label files and the journal of decisions beside them."""
