"""Everything the operator can ask for: the commands, their keys, where they are found."""
