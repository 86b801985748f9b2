"""Where an encoder's weights are: a folder, a file, the local Hub cache, or the Hub itself.

The only module that knows the Hub. A network is used only when a caller says `download`, which is
for commands that named the model; what is fetched is data in safetensors, never code.
"""

import hashlib
import re
import threading
from dataclasses import dataclass
from pathlib import Path

from labeler.cures import Advice, FetchEncoder
from labeler.errors import HubUnreachableError, UsageError

_CONFIG, _WEIGHTS = "config.json", "model.safetensors"
_HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")
_SECONDS = 2.5
"""How long the Hub may take to answer at all."""
_PICKLED = (".bin", ".pkl", ".pt", ".pth", ".ckpt")


@dataclass(frozen=True)
class EncoderFiles:
    """Files of an encoder on this machine."""

    name: str
    """As the user wrote it."""
    weights: Path
    config: Path | None
    sha256: str
    """Digest of the weights."""
    revision: str | None = None
    """Commit on the Hub."""


def find_encoder(
    name: str,
    *,
    revision: str | None = None,
    sha256: str | None = None,
    download: bool = False,
) -> EncoderFiles:
    """The files of the encoder that `name` means: a path, or `owner/name` on the Hub.

    The Hub is asked only with `download`, and only for what the local cache lacks.

    Raises:
        UsageError: there is no such encoder here, it cannot be fetched, it is pickled, or its
            weights do not have the digest `sha256`.
    """
    path = Path(name).expanduser()
    if path.is_dir():
        found = _in_folder(name, path)
    elif path.is_file():
        found = _as_file(name, path)
    else:
        found = _from_hub(name, revision, download)
    if sha256 is not None and found.sha256 != sha256:
        raise UsageError(
            f"The weights of {name} have the digest {found.sha256}, not {sha256}.",
            Advice(
                "Get the right weights, or correct train.encoder_sha256.",
                setting="train.encoder_sha256",
            ),
        )
    return found


def require_within_reach(name: str, *, revision: str | None = None, download: bool = False) -> None:
    """Refuse at once what `find_encoder` refuses before it reads or fetches any weights.

    Raises:
        UsageError: there is no such encoder here, it is pickled, or the Hub cannot be reached.
    """
    path = Path(name).expanduser()
    if path.is_dir():
        _weights_in(path)
    elif path.is_file():
        _require_safetensors(path)
    elif _cached_files(name, revision) is None:
        _require_fetchable(name, download)


def is_here(name: str) -> bool:
    """Whether the weights of an encoder of the Hub are on this machine."""
    from huggingface_hub import try_to_load_from_cache

    return isinstance(try_to_load_from_cache(name, _WEIGHTS), str)


def _in_folder(name: str, folder: Path) -> EncoderFiles:
    weights, config = _weights_in(folder), folder / _CONFIG
    return EncoderFiles(name, weights, config if config.is_file() else None, _digest(weights))


def _weights_in(folder: Path) -> Path:
    weights = folder / _WEIGHTS
    if not weights.is_file():
        pickled = sorted(path.name for path in folder.iterdir() if path.suffix in _PICKLED)
        what = f"only {pickled[0]}, which could run code" if pickled else f"no {_WEIGHTS}"
        raise UsageError(
            f"The encoder folder {folder} holds {what}.",
            Advice(f"Convert its weights to {_WEIGHTS}.", setting="reward_model.model_name"),
        )
    return weights


def _as_file(name: str, path: Path) -> EncoderFiles:
    _require_safetensors(path)
    return EncoderFiles(name, path, None, _digest(path))


def _require_safetensors(path: Path) -> None:
    if path.suffix != ".safetensors":
        raise UsageError(
            f"The encoder {path} is not a safetensors file, so it could run code.",
            Advice(f"Convert its weights to {_WEIGHTS}.", setting="reward_model.model_name"),
        )


def _from_hub(name: str, revision: str | None, download: bool) -> EncoderFiles:
    if (cached := _cached_files(name, revision)) is not None:
        return _verify(name, *cached)
    _require_fetchable(name, download)
    try:
        return _download(name, revision)
    except UsageError:
        raise
    except Exception as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise UsageError(
            f"The encoder {name} could not be downloaded: {reason:.200}",
            Advice(
                "Connect to the network (for a private model, log in with `hf auth login`) and try "
                "again, or copy the model's folder to this machine and give it as model_name.",
                setting="reward_model.model_name",
            ),
        ) from error


def _require_fetchable(name: str, download: bool) -> None:
    if not _HUB_NAME.fullmatch(name):
        raise UsageError(
            f"There is no encoder {name!r}: no such folder or file, and no name on the Hub.",
            Advice(
                "Give a folder, a .safetensors file or OWNER/NAME as model_name.",
                setting="reward_model.model_name",
            ),
        )
    if not download:
        raise UsageError(
            f"The encoder {name} is not on this machine.",
            FetchEncoder(name, setting="reward_model.model_name"),
        )
    _require_reachable(name)


def _require_reachable(name: str) -> None:
    """Ask the Hub once: its library would try for half a minute before it gives up.

    In a thread, since looking up a name has no time limit of its own.

    Raises:
        HubUnreachableError: there is no answer within three seconds.
    """
    from huggingface_hub import constants
    from huggingface_hub.utils import get_session

    answers: list[str] = []

    def ask() -> None:
        try:
            get_session().head(constants.ENDPOINT, timeout=_SECONDS)
            answers.append("")
        except Exception as error:  # noqa: BLE001 - whatever it is, there was no answer
            answers.append((str(error).strip() or type(error).__name__).splitlines()[0])

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(_SECONDS)
    reason = answers[0] if answers else f"no answer within {_SECONDS:g} s"
    if reason:
        raise HubUnreachableError(
            f"The encoder {name} is not on this machine, and {constants.ENDPOINT} cannot be "
            f"reached: {reason:.200}.",
            Advice(
                "Connect to the network and try again, or copy the model's folder to this machine "
                "and give it as model_name.",
                setting="reward_model.model_name",
            ),
        )


def _cached_files(name: str, revision: str | None) -> tuple[Path, Path] | None:
    """Config and weights in the local cache, found without `hf_hub_download`.

    That function asks the Hub for a list of agents before it looks at `local_files_only`
    (huggingface_hub 2.4, utils/_headers.py).
    """
    if not _HUB_NAME.fullmatch(name):
        return None
    # Here, not above: the Hub's library is slow to import and most runs never need it.
    from huggingface_hub import try_to_load_from_cache

    config, weights = (
        try_to_load_from_cache(name, file, revision=revision) for file in (_CONFIG, _WEIGHTS)
    )
    if isinstance(config, str) and isinstance(weights, str):
        return Path(config), Path(weights)
    return None


def _download(name: str, revision: str | None) -> EncoderFiles:
    """Config and weights of one commit; a bar shows the progress."""
    from huggingface_hub import hf_hub_download

    config = Path(hf_hub_download(name, _CONFIG, revision=revision))
    commit = config.parent.name  # …/snapshots/COMMIT/config.json
    return _verify(name, config, Path(hf_hub_download(name, _WEIGHTS, revision=commit)))


def _verify(name: str, config: Path, weights: Path) -> EncoderFiles:
    digest = _digest(weights)
    expected = weights.resolve().name  # the cache names large files by their SHA-256
    if re.fullmatch("[0-9a-f]{64}", expected) and expected != digest:
        raise UsageError(
            f"The cached weights of {name} are damaged: {weights.resolve()}.",
            Advice("Remove that file and try again.", setting="reward_model.model_name"),
        )
    return EncoderFiles(name, weights, config, digest, config.parent.name)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
