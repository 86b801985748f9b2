"""The way to the Hub: huggingface_hub's client, with time limits and errors in two sentences.

Tokens are only ever those of huggingface_hub's own store (`hf auth login`, HF_TOKEN).
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from huggingface_hub import HfApi, constants, errors
from huggingface_hub.utils import (
    build_hf_headers,
    get_session,
    hf_raise_for_status,
    set_client_factory,
)

from labeler.cures import CheckRevision, Cure, Retry, RetryAfter
from labeler.errors import HubError, HubUnreachableError, LabelerError, UsageError

SECONDS = 30.0
"""How long the Hub may be silent."""
CONNECTING = 2.5
"""Seconds that reaching it may take at all."""
_LOG_IN = "Log in with `hf auth login`, with a token that may do this."
_STATUS: dict[int, tuple[str, str | Cure]] = {
    401: ("does not accept your token", _LOG_IN),
    403: ("does not allow this", _LOG_IN),
    409: ("has changed meanwhile", Retry()),
    412: ("has changed meanwhile", Retry()),
    429: ("asks for fewer requests", RetryAfter("Wait a few minutes")),
}


class Connection:
    """Requests to the Hub of HF_ENDPOINT.

    Raises:
        HubError: HF_HUB_OFFLINE forbids it.
        HubUnreachableError: the Hub does not answer within three seconds.
    """

    def __init__(self) -> None:
        if constants.HF_HUB_OFFLINE:
            raise HubError("HF_HUB_OFFLINE is set, so nothing was asked.", RetryAfter("Unset it"))
        _limit(SECONDS)
        self.api = HfApi(endpoint=constants.ENDPOINT)
        self.seconds = SECONDS
        self.endpoint: str = self.api.endpoint
        _require_answer(self.endpoint)

    def content(self, url: str, largest: int) -> bytes:
        """What a file of at most `largest` bytes holds.

        Raises:
            HubError: it is larger than that.
        """
        data = bytearray()
        with self.stream(url) as response:
            for block in response.iter_bytes():
                data += block
                if len(data) > largest:
                    raise HubError(f"{url} is larger than {largest:,} bytes.", "Check the dataset.")
        return bytes(data)

    @contextmanager
    def stream(self, url: str, first: int = 0) -> Iterator[Any]:
        """Answer to a request for a file, from byte `first` on."""
        headers = build_hf_headers()
        if first:
            headers["Range"] = f"bytes={first}-"
        # Compressed, a file could not be gone on with in the middle.
        headers["Accept-Encoding"] = "identity"
        with get_session().stream("GET", url, headers=headers, follow_redirects=True) as response:
            if response.status_code >= 400:
                response.read()
            hf_raise_for_status(response)
            yield response


def _require_answer(endpoint: str) -> None:
    """Ask the Hub for nothing, once: who does not even answer that is not waited for.

    In a thread, since looking up a name has no time limit of its own.
    """
    problems: list[Exception | None] = []

    def ask() -> None:
        try:
            get_session().head(endpoint)
            problems.append(None)
        except Exception as error:  # noqa: BLE001 - whatever it is, there was no answer
            problems.append(error)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(CONNECTING)
    problem = problems[0] if problems else TimeoutError(f"no answer within {CONNECTING:g} s")
    if problem is not None:
        raise _out_of_reach(problem)


def _out_of_reach(error: BaseException) -> HubUnreachableError:
    return HubUnreachableError(
        f"The Hub cannot be reached, or the connection broke off: {_reason(error)}",
        RetryAfter("Check the network"),
    )


def _limit(seconds: float) -> None:
    """Give every request a limit; without, huggingface_hub 1 and 2 wait for ever for most."""

    def limit(request: Any) -> None:  # noqa: ANN401 - of httpx or httpx2
        given = request.extensions.get("timeout") or {}
        names = ("connect", "read", "write", "pool")
        wanted = {name: given.get(name) or seconds for name in names}
        wanted["connect"] = min(wanted["connect"], CONNECTING)
        request.extensions["timeout"] = wanted

    usual = get_session()
    hooks = [hook for hook in usual.event_hooks["request"] if hook.__name__ != limit.__name__]
    kind = type(usual)
    set_client_factory(
        lambda: kind(
            event_hooks={"request": [*hooks, limit]}, follow_redirects=True, timeout=seconds
        )
    )


@contextmanager
def translate_errors(repo_id: str) -> Iterator[None]:
    """Errors of huggingface_hub and of the network, as the user's; the cause is kept.

    Raises:
        HubError: the Hub refuses, is out of reach, or breaks off.
        UsageError: there is no such dataset or revision, or the name is none.
    """
    try:
        yield
    except LabelerError:
        raise
    except errors.RevisionNotFoundError as error:
        raise UsageError(f"{repo_id} has no such revision.", CheckRevision()) from error
    except errors.GatedRepoError as error:
        what = f"{repo_id} is gated."
        raise HubError(what, "Ask for access on its page, then log in.") from error
    except errors.RepositoryNotFoundError as error:
        raise UsageError(
            f"There is no dataset {repo_id} on the Hub, or you have no access to it.",
            "Check the name; for a private dataset, log in with `hf auth login`.",
        ) from error
    except errors.HFValidationError as error:
        raise UsageError(
            f"{repo_id!r} is not the name of a dataset on the Hub.", "Write OWNER/NAME."
        ) from error
    except errors.HfHubHTTPError as error:
        raise _refusal(repo_id, error) from error
    except (errors.HTTPError, ConnectionError, TimeoutError) as error:
        raise _out_of_reach(error) from error
    except (OSError, RuntimeError, ValueError) as error:
        what = f"{repo_id}: talking to the Hub failed: {_reason(error)}"
        raise HubError(what, Retry()) from error


def _reason(error: BaseException) -> str:
    """The first line of what an error says, or of what caused it."""
    causes = [error]
    while (cause := causes[-1].__cause__) is not None:
        causes.append(cause)
    told = next((text for cause in reversed(causes) if (text := str(cause).strip())), "")
    return (told or type(error).__name__).splitlines()[0][:200]


def _refusal(repo_id: str, error: errors.HfHubHTTPError) -> HubError:
    status = error.response.status_code if error.response is not None else 0
    if status in _STATUS:
        what, cure = _STATUS[status]
        kind = HubUnreachableError if status == 429 else HubError
        return kind(f"{repo_id}: the Hub {what} ({status}).", cure)
    if status >= 500:
        return HubUnreachableError(
            f"The Hub reports a server error ({status}).", "Try again later."
        )
    reason = (error.server_message or str(error)).strip().splitlines()[0]
    return HubError(f"{repo_id}: the Hub answers {status}: {reason:.200}", "Check the dataset.")
