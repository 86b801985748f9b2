"""Entry point of `labeler-train` and of `python -m classifier`."""

from classifier.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
