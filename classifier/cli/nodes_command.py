"""`labeler-train nodes`."""

from typing import TYPE_CHECKING, Annotated

import typer

from labeler.console.output import say
from labeler.labels.wording import plural

if TYPE_CHECKING:
    from labeler.contracts.cluster_answer import Node


def run(
    place: Annotated[str, typer.Argument(metavar="PLACE", help="As --on of other commands.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show nodes, cores and GPUs of the place that --on names; nothing is begun there."""
    # Torch takes seconds to import, which --help need not wait for.
    from classifier.cluster import inventory

    answer = inventory(place)
    if as_json:
        say(answer.model_dump_json(indent=2))
        return
    say(answer.summary)
    for node in answer.nodes:
        say(f"  {node.host}: {_node_text(node)}")


def _node_text(node: "Node") -> str:
    workers = f"{plural(node.workers, 'worker')} with " if node.workers else ""
    gpus = ", ".join(node.gpus) or "no GPU"
    problem = f". It {node.problem}" if node.problem else ""
    return f"{workers}{node.cores} of {plural(node.cpus, 'CPU')}, {gpus}{problem}"
