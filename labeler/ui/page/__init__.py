"""The page on which episodes are labelled."""
