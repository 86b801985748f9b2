"""What other people's packages would import without need is left out of our processes.

pyarrow imports pandas, where it happens to be installed, with the first array that it makes, to
know whether it was given one of pandas' own (`_PandasAPIShim` in pyarrow's pandas-shim.pxi). That
takes about a second and memory, in every command, a training and the window, of whoever works in
notebooks, too. Its file systems of clouds come with `pyarrow.parquet`: each is optional to it, and
that of S3 takes 4 MB.
"""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

_NAMES = frozenset(
    {"pandas", "pyarrow._s3fs", "pyarrow._gcsfs", "pyarrow._azurefs", "pyarrow._hdfs"}
)


class _LeftOut:
    """Finder and loader in one: the modules are known, and cannot be imported.

    names: of the modules; only `let_in` takes some away

    None in `sys.modules` would be simpler, but pyarrow 26 and scikit-learn take it for the module.
    """

    def __init__(self) -> None:
        self.names = set(_NAMES)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return ModuleSpec(name, self) if name in self.names else None  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        raise ModuleNotFoundError(f"{spec.name} is left out of this process", name=spec.name)

    def exec_module(self, module: ModuleType) -> None:
        raise NotImplementedError


def leave_out() -> None:
    """Import none of them in this process, from now on."""
    if not any(isinstance(one, _LeftOut) for one in sys.meta_path):
        sys.meta_path.insert(0, _LeftOut())


def let_in(*names: str) -> None:
    """Import these again, or all of them without a name: what was asked for may build on them."""
    for one in sys.meta_path:
        if isinstance(one, _LeftOut):
            one.names -= set(names) or _NAMES
