"""What a training came to: figures, mistakes, curves over the threshold."""
