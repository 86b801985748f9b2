"""`labeler hub`: the only commands that reach for a network."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labeler.cli.arguments import Json, Overwrite, Root
from labeler.cli.examples import EXAMPLES
from labeler.console.heartbeat import pause
from labeler.console.program import examples
from labeler.errors import UsageError

if TYPE_CHECKING:
    from labeler.hub.pushing import Plan

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)
RepoId = Annotated[
    str, typer.Option("--repo-id", metavar="OWNER/NAME", help="Name of the dataset on the Hub.")
]
Revision = Annotated[
    str | None, typer.Option("--revision", metavar="R", help="Branch, tag or commit.")
]
_PROMPT = "Type the name of the dataset to replace it, or nothing to stop"


def _examples(command: str) -> str:
    return examples(EXAMPLES[f"hub {command}"])


@app.callback(epilog=examples(EXAMPLES["hub"]))
def _hub() -> None:
    """Compare with the Hub, download, push. Only `labeler doctor --hub` contacts it as well.

    HF_ENDPOINT names another Hub. Log in with `hf auth login`; Labeler keeps no token.
    """


@app.command(
    "status",
    short_help="Compare a folder with the Hub; writes nothing.",
    epilog=_examples("status"),
)
def status(root: Root, repo_id: RepoId, revision: Revision = None, json: Json = False) -> None:
    """Show how a folder and a dataset on the Hub differ, and what LeRobot would do to the folder.

    Only metadata is fetched. Nothing is written, here or there.
    """
    from labeler.cli.hub_text import answer_of, print_status
    from labeler.console.output import say_next
    from labeler.console.progress import byte_progress
    from labeler.dataset import open_dataset
    from labeler.hub.status import status_of
    from labeler.remote.hub_connection import Connection

    with open_dataset(root) as dataset, byte_progress() as progress:
        progress.begin("Comparing", 0, 0)
        found = status_of(Connection(), dataset, repo_id, revision, progress.advance)
    if json:
        _print_json(answer_of(found).model_dump(mode="json"))
    else:
        print_status(found, repo_id)
        say_next("labeler", "hub", "push", root, "--repo-id", repo_id, "--dry-run")


Name = Annotated[str, typer.Argument(metavar="OWNER/NAME", help="Dataset on the Hub.")]
Out = Annotated[Path, typer.Option("--out", metavar="NEW_DIR", help="Folder to create.")]
Episodes = Annotated[
    str | None,
    typer.Option("--episodes", metavar="0,3-7", help="Only the files with these episodes."),
]
Public = Annotated[
    bool, typer.Option("--public", help="Everybody may see it; otherwise it is private.")
]
Recording = Annotated[
    bool, typer.Option("--recording", help="Push a recording, not a labelled copy.")
]
Replace = Annotated[
    str | None,
    typer.Option("--replace", metavar="OWNER/NAME", help="Its name once more, to replace it."),
]
Message = Annotated[str, typer.Option("--message", help="Description of the change.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")]


@app.command(
    "download",
    short_help="Download a dataset into a new folder.",
    epilog=_examples("download"),
)
def download(
    repo_id: Name,
    out: Out,
    revision: Revision = None,
    episodes: Episodes = None,
    overwrite: Overwrite = False,
) -> None:
    """Download a dataset into a new folder and verify every file by its digest.

    If it is interrupted, run it again: it resumes where it stopped.
    """
    from labeler.console.output import note, say, say_next
    from labeler.console.outputs import output_folder
    from labeler.console.progress import byte_progress
    from labeler.hub.downloading import download as run
    from labeler.labels.wording import episodes_text, plural, size_text
    from labeler.remote.hub_connection import Connection

    chosen = None if episodes is None else _numbers(episodes)
    written = output_folder(out, "labeler hub download", overwrite=overwrite)
    with byte_progress() as progress, written as aside:
        done = run(
            Connection(), repo_id, out, revision=revision, episodes=chosen, progress=progress,
            aside=aside,
        )  # fmt: skip
    say(f"{plural(done.files, 'file')}, {size_text(done.size)}, verified: {done.destination}")
    say(f"{repo_id} at {done.remote.commit}: {plural(done.remote.episodes, 'episode')}")
    if done.left_out:
        note(f"Not downloaded, since it belongs to no dataset: {', '.join(done.left_out[:5])}")
    if done.episodes is not None:
        note(
            f"Only the files with {episodes_text(done.episodes)} are here. LeRobot reads the "
            f"folder with episodes={list(done.episodes)}, and without that would download the rest."
        )
    say_next("labeler", "inspect", done.destination)


@app.command("push", short_help="Put a labelled copy on the Hub.", epilog=_examples("push"))
def push(
    root: Root,
    repo_id: RepoId,
    public: Public = False,
    recording: Recording = False,
    replace: Replace = None,
    message: Message = "",
    dry_run: DryRun = False,
) -> None:
    """Put a labelled copy on the Hub: a pull request, merged once it is verified.

    First it says what would change. A dataset with more episodes, or of another recording, is
    replaced only if you type its name.
    """
    from labeler.cli.hub_text import print_plan
    from labeler.console.output import say, say_next, say_next_again
    from labeler.console.progress import byte_progress, text_progress
    from labeler.dataset import open_dataset
    from labeler.hub.pushing import plan_push
    from labeler.hub.pushing import push as run
    from labeler.remote.hub_connection import Connection

    connection = Connection()
    with open_dataset(root) as dataset, byte_progress() as progress:
        progress.begin("Comparing", 0, 0)
        plan = plan_push(
            connection, dataset, repo_id, recording=recording, public=public,
            on_bytes=progress.advance,
        )  # fmt: skip
    print_plan(plan)
    if dry_run:
        say_next_again(without="--dry-run")
        return
    typed = replace if replace is not None or not plan.concerns else _ask_for_name(plan)
    with text_progress("Sending") as shown:
        done = run(connection, plan, public=public, typed=typed, message=message, say=shown)
    request = f"pull request {done.request}, merged" if done.request else "nothing to change"
    say(f"{repo_id} at {done.commit} ({request})")
    say_next("labeler", "hub", "status", root, "--repo-id", repo_id)


def _ask_for_name(plan: "Plan") -> str | None:
    """The name, if there is somebody to type it."""
    if not sys.stdin.isatty():
        return None
    for concern in plan.concerns:
        typer.echo(concern, err=True)
    with pause():
        typed: str = typer.prompt(_PROMPT, default="", show_default=False, err=True)
    return typed.strip()


def _numbers(text: str) -> list[int]:
    """Episodes from `0,3-7`."""
    found: set[int] = set()
    for part in text.replace(" ", "").split(","):
        first, dash, last = part.partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()) or len(part) > 15:
            raise UsageError(f"--episodes {text} cannot be read.", "Write it as 0,3-7.")
        end = int(last or first)
        if end < int(first) or end - int(first) > 1_000_000:
            raise UsageError(f"--episodes {text} cannot be read.", "Write it as 0,3-7.")
        found.update(range(int(first), end + 1))
    return sorted(found)


def _print_json(values: dict[str, object]) -> None:
    from json import dumps

    typer.echo(dumps(values, indent=1))
