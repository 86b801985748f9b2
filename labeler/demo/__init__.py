"""A believable recording, made offline in a few seconds, whose true labels are known."""

from labeler.demo.recording import true_labels, write_demo

__all__ = ["true_labels", "write_demo"]
