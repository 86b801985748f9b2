"""`labeler doctor`."""

from typing import Annotated

import typer

from labeler.cli.arguments import Json
from labeler.cli.window import Window


def run(
    context: typer.Context,
    hub: Annotated[
        bool, typer.Option("--hub", help="Ask the Hub, too, whether it can be reached.")
    ] = False,
    json: Json = False,
) -> None:
    """Report what this installation has, what is wrong with it, and what would help.

    Exits with 1 if something is wrong. Writes nothing; uses the network only with --hub.
    """
    from labeler.cli.diagnosis import Finding, diagnosis
    from labeler.console.output import say, say_next

    window: Window | None = context.obj
    found: list[Finding] = []
    for finding in diagnosis(window, hub=hub):
        found.append(finding)
        if not json:
            mark = "ok" if finding.well else "WRONG"
            say(f"{mark:6} {finding.what}: {finding.text}")
            if finding.cure:
                say(f"       {finding.cure}")
    if json:
        from json import dumps

        findings = [vars(finding) for finding in found]
        values = {"format": "labeler-doctor", "version": 1, "findings": findings}
        typer.echo(dumps(values, indent=1))
    if not all(finding.well for finding in found):
        raise typer.Exit(1)
    if not json:
        say_next("labeler")
