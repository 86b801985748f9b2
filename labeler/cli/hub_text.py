"""What `labeler hub` says."""

from collections.abc import Sequence

from rich.table import Table

from labeler.console.output import note, results, say
from labeler.contracts.hub_answer import Files, Here, HubAnswer, ReleaseForecast, There
from labeler.hub.local import FileDifference
from labeler.hub.pushing import Plan
from labeler.hub.remote import Remote
from labeler.hub.status import Status
from labeler.labels.wording import plural, size_text

_MOST = 12


def print_status(status: Status, repo_id: str) -> None:
    """Here beside there, the files that differ, and what LeRobot would do."""
    there = status.remote
    table = Table("", "here", "on the Hub", box=None, padding=(0, 2))
    for row in _rows(status, there):
        table.add_row(*row)
    say(f"{status.root} and {repo_id}")
    results.print(table, markup=False)
    if there is None:
        say("There is no such dataset on the Hub, or you have no access to it.")
    else:
        _print_difference(status.difference)
    for problem in status.problems:
        note(f"LeRobot considers the folder incomplete: {problem}")
    say("")
    say(f'LeRobotDataset("{repo_id}") without root= looks in {status.home}.')
    for found in status.forecasts:
        say(f"  {'! ' if found.harm else ''}{found.generation} {found.sentence}")
    if there is not None:
        say("With root= the same holds for the folder that it names; HF_HUB_OFFLINE=1 prevents it.")


def _rows(status: Status, there: Remote | None) -> list[tuple[str, str, str]]:
    rows = [
        ("episodes", f"{status.episodes:,}", f"{there.episodes:,}" if there else "-"),
        ("frames", f"{status.frames:,}", f"{there.frames:,}" if there else "-"),
        ("format", status.version, (there.version if there else "") or "-"),
        ("changed", f"{status.changed:%Y-%m-%d %H:%M} UTC", _change_time(there)),
    ]
    if there is not None:
        rows.append(("revision", "", there.commit[:12]))
        rows.append(("seen by", "", "you and your organization" if there.private else "everybody"))
    return rows


def _change_time(there: Remote | None) -> str:
    if there is None or there.changed is None:
        return "-"
    return f"{there.changed:%Y-%m-%d %H:%M} UTC"


def _print_difference(found: FileDifference) -> None:
    if found.none:
        say("All files are the same.")
        return
    _print_names("other content", found.changed)
    _print_names("only here", found.only_here)
    _print_names("only on the Hub", found.only_there)
    say(f"{plural(len(found.same), 'file')} {'is' if len(found.same) == 1 else 'are'} the same.")


def _print_names(what: str, names: Sequence[str]) -> None:
    for name in names[:_MOST]:
        say(f"  {what}: {name}")
    if len(names) > _MOST:
        say(f"  {what}: {len(names) - _MOST} more")


def answer_of(status: Status) -> HubAnswer:
    """The same for programs."""
    found, there = status.difference, status.remote
    return HubAnswer(
        root=str(status.root),
        here=Here(
            codebase_version=status.version,
            episodes=status.episodes,
            frames=status.frames,
            changed=status.changed,
            problems=list(status.problems),
        ),
        there=None if there is None else _there(status, there),
        files=Files(
            same=list(found.same),
            changed=list(found.changed),
            only_here=list(found.only_here),
            only_there=list(found.only_there),
        ),
        lerobot_home=str(status.home),
        lerobot=[
            ReleaseForecast(generation=each.generation, sentence=each.sentence, harm=each.harm)
            for each in status.forecasts
        ],
    )


def _there(status: Status, there: Remote) -> There:
    return There(
        codebase_version=there.version,
        episodes=there.episodes,
        frames=there.frames,
        changed=there.changed,
        commit=there.commit,
        private=there.private,
        refs=list(there.tags),
        same_source=bool(status.source) and status.source == there.source,
    )


def print_plan(plan: Plan) -> None:
    """What a push would change."""
    there = plan.remote
    if there is None:
        say(f"{plan.repo_id} will be created.")
    else:
        say(
            f"{plan.repo_id}: {plural(there.episodes, 'episode')} and "
            f"{plural(there.frames, 'frame')} become "
            f"{plan.episodes:,} and {plan.frames:,}."
        )
    _print_names("replace", plan.difference.changed)
    _print_names("add", plan.difference.only_here)
    _print_names("remove", plan.remove)
    say(f"{plural(len(plan.upload), 'file')} to send, {size_text(plan.size)}.")
