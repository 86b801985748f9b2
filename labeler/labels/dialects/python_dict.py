"""A Python dict as somebody prints it, `{0: 53, 1: None}`, turned into JSON.

Token by token, because Python's own parser takes 160 times the memory of what it reads.
"""

import json
import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r"""(?P<blank>[ \t\r\n]+|\#[^\r\n]*)
      | (?P<text>'(?:[^'\\\r\n]|\\.)*'|"(?:[^"\\\r\n]|\\.)*")
      | (?P<number>-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)
      | (?P<word>None|True|False)\b
      | (?P<mark>[][(){},:])""",
    re.VERBOSE,
)
_WORDS = {"None": "null", "True": "true", "False": "false"}
_PYTHON = {json_word: word for word, json_word in _WORDS.items()}
_MARKS = {"(": "[", ")": "]"}
_ESCAPES = {"\\'": "'", '\\"': '"', "\\\\": "\\", "\\n": "\n", "\\t": "\t", "\\r": "\r"}


def to_json(content: str) -> str | None:
    """JSON that says the same; None if the text is no such dict, as far as that shows here."""
    parts: list[str] = []
    pending = ""  # the last token, which what follows it may change
    for kind, token in _tokens(content):
        if not kind:
            return None
        if token == ":" and pending[:1] not in ('"', "]", "}"):  # JSON knows keys of text only
            pending = f'"{_PYTHON.get(pending, pending)}"'
        if token in ("}", "]") and pending == ",":
            pending = ""
        parts.append(pending)
        pending = token
    return "".join([*parts, pending])


def _tokens(content: str) -> Iterator[tuple[str, str]]:
    """Kind and JSON of every token; an empty kind where there is none."""
    at = 0
    while found := _TOKEN.match(content, at):
        at, kind, token = found.end(), found.lastgroup or "", found[0]
        if kind == "text":
            plain = _plain(token)
            yield (kind, json.dumps(plain)) if plain is not None else ("", "")
        elif kind != "blank":
            yield kind, _WORDS.get(token) or _MARKS.get(token) or _number(kind, token)
    if at < len(content):
        yield "", ""


def _number(kind: str, token: str) -> str:
    """A number as JSON writes it: `53.` and `.5` are none there."""
    if kind != "number":
        return token
    whole, point, rest = token.partition(".")
    if not point:
        return token
    digits = rest if rest[:1].isdigit() else f"0{rest}"
    return f"{whole if whole[-1:].isdigit() else f'{whole}0'}.{digits}"


def _plain(quoted: str) -> str | None:
    """The text in quotes; None if it has an escape that is not known here."""
    unknown = False

    def replace_escape(found: re.Match[str]) -> str:
        nonlocal unknown
        unknown |= found[0] not in _ESCAPES
        return _ESCAPES.get(found[0], "")

    text = re.sub(r"\\.", replace_escape, quoted[1:-1])
    return None if unknown else text
