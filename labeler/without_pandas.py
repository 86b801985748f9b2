"""No pandas in a process that does not need it, where it happens to be installed.

pyarrow imports pandas with the first array that it makes, to know whether it was given one of
pandas' own (`_PandasAPIShim` in pyarrow's pandas-shim.pxi). That takes about a second and memory,
in every command, a training and the window, of whoever works in notebooks, too.
"""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

_NAME = "pandas"


class _WithoutPandas:
    """Finder and loader in one: the package is known, and cannot be imported.

    None in `sys.modules` would be simpler, but pyarrow 26 and scikit-learn take it for the module.
    """

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return ModuleSpec(name, self) if name == _NAME else None  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        raise ModuleNotFoundError(f"{_NAME} is left out of this process", name=_NAME)

    def exec_module(self, module: ModuleType) -> None:
        raise NotImplementedError


def leave_pandas_out() -> None:
    """Import no pandas in this process, from now on."""
    if _NAME not in sys.modules:
        sys.meta_path.insert(0, _WithoutPandas())


def let_pandas_in() -> None:
    """Import pandas again where it is wanted: a package that was asked for may build on it."""
    sys.meta_path[:] = [one for one in sys.meta_path if not isinstance(one, _WithoutPandas)]
