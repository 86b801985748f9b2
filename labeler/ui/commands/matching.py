"""Finds commands by some letters of their words, or by other words for the same."""

from labeler.ui.commands.catalogue import AnyCommand


def matching(query: str, commands: list[AnyCommand]) -> list[AnyCommand]:
    """Commands that every word of the query fits, the best first; equally good keep their order."""
    words = query.lower().split()
    found = [(sum(each), command) for command in commands if all(each := _scores(words, command))]
    return [command for _, command in sorted(found, key=lambda pair: -pair[0])]


def _scores(words: list[str], command: AnyCommand) -> list[int]:
    text = command.text.lower().rstrip("…")
    others = f" {command.words}"
    return [
        max(
            _score(word, text) * 2,
            _score(word, command.group.lower()),
            3 if f" {word}" in others else 0,
        )
        for word in words
    ]


def _score(word: str, text: str) -> int:
    """How well a typed word fits: start of the text, a word, its start, inside, some letters."""
    if text.startswith(word):
        return 8
    parts = text.replace("-", " ").split()
    if word in parts:
        return 7
    if any(part.startswith(word) for part in parts):
        return 6
    if word in text:
        return 4
    initials = "".join(part[0] for part in text.split())
    if word in initials:
        return 3
    letters = iter(text)
    return 1 if all(letter in letters for letter in word) else 0
