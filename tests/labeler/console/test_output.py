"""What commands print is printed as it is."""

from rich.console import Console

from labeler.console import output


def test_parts_of_a_path_become_no_pictures_and_no_markup(capsys) -> None:
    output._console.cache_clear()
    output.say("/data/:sun:/[bold]x[/]")
    output.note("/data/:sun:/[bold]x[/]")
    shown = capsys.readouterr()
    assert shown.out == "/data/:sun:/[bold]x[/]\n"
    assert shown.err == "Note: /data/:sun:/[bold]x[/]\n"
    assert isinstance(output.results, Console)
