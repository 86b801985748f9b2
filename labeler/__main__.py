"""Entry point of `labeler` and of `python -m labeler`."""

from labeler.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
