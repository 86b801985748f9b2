"""Matplotlib figures as SVG that takes its colours and font from the page around it."""

import re
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Matplotlib has to be given fixed colours. These stand for the page's variables, which differ
# between dark and light.
INK, FAINT, FIRST, SECOND, THIRD = "#010101", "#010102", "#010103", "#010104", "#010105"
_VARIABLES = {INK: "ink", FAINT: "line", FIRST: "first", SECOND: "second", THIRD: "third"}


def svg_of(figure: "Figure", name: str, label: str) -> str:
    """Inline SVG.

    Args:
        figure: drawn with the colours of this module; its size in inches only sets the proportions.
        name: one word of letters, another one for each figure of a page; makes its ids unique.
        label: plain text for those who cannot see the figure.
    """
    import matplotlib

    # Without a date and with a fixed salt, the same figures give the same bytes.
    metadata = dict.fromkeys(["Date", "Creator", "Format", "Type"])
    buffer = BytesIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        figure.savefig(buffer, format="svg", transparent=True, metadata=metadata)
    return _use_page_colours(buffer.getvalue().decode("utf-8"), name, label)


def _use_page_colours(text: str, name: str, label: str) -> str:
    from html import escape

    text = text[text.index("<svg") :].strip()
    # Its style sheet would apply to the whole page; namespaces are not needed inside HTML.
    text = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", text, count=1, flags=re.DOTALL)
    text = re.sub(r' xmlns(:xlink)?="[^"]*"| (width|height)="[\d.]+pt"| version="1.1"', "", text)
    text = text.replace("xlink:href=", "href=")
    text = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{name}-", text)
    text = re.sub(r"font-family: [^;\"]*;? ?", "", text)
    for color, variable in _VARIABLES.items():
        text = text.replace(color, f"var(--{variable})")
    start = f'<svg role="img" aria-label="{escape(label)}" stroke-linejoin="round"'
    return text.replace("<svg", start, 1)
