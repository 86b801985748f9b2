"""The Hub: everything that labeler knows of it, imported by commands that name it and no others."""
