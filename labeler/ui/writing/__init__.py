"""Labels into a guarded copy beside the labelling: what will happen, progress, what came of it."""
