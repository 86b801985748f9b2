"""What tests of the kit share with those of trainings."""

from tests.labeler.ui.training.conftest import small_root

__all__ = ["small_root"]
