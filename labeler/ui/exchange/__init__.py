"""Labels from and to files of other tools, with questions and errors in place."""
