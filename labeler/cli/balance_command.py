"""`labeler balance`."""

import typer

from labeler.cli.arguments import EpisodesFrom, FramesFrom, Json
from labeler.cli.collecting import LabelFiles, Sources


def run(
    sources: Sources,
    labels: LabelFiles = None,
    json: Json = False,
    frames_from: FramesFrom = None,
    episodes_from: EpisodesFrom = None,
) -> None:
    """Show the share of success in each recording and session, and duplicate episodes.

    Sessions are told apart by the tags of a collection file and by words like #night in the notes
    of episodes; without any tag, by task. Writes nothing.
    """
    from json import dumps

    from labeler.cli.balance_text import print_balance
    from labeler.cli.collecting import open_sources
    from labeler.collection.balance import balance_of
    from labeler.collection.duplicates import find_duplicates
    from labeler.console.output import note, say_next

    with open_sources(sources, labels, frames_from, episodes_from) as collection:
        duplicates = find_duplicates(collection)
        balance = balance_of(collection, duplicates)
        repeated = duplicates.sentences(collection)
        notes = collection.notes
    if json:
        content = {"format": "labeler-balance", "version": 1, **balance.to_json()}
        typer.echo(dumps({**content, "duplicates": repeated, "notes": list(notes)}, indent=1))
        return
    for sentence in (*notes, *repeated):
        note(sentence)
    print_balance(balance)
    given = [word for file in labels or () for word in ("--labels", file)]
    say_next("labeler", "merge", *sources, *given, "--out", "merged")
