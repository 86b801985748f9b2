"""The episode from left to right: filmstrip, label, signals, all on one scale of frames."""
