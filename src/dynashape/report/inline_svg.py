"""SVG files made ready to stand inside a page: no prologue, ids that cannot clash, ink that follows its theme."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dynashape.records.appearance import BLUE, FAINT, INK, MUTED, PAPER, SHADE

# The colours of the figures' theme that would not show on a dark page, and the page's variables that take their place.
THEME_COLOURS: Mapping[str, str] = {
    INK: "--figure-ink",
    MUTED: "--figure-muted",
    FAINT: "--figure-faint",
    SHADE: "--figure-shade",
    PAPER: "--figure-paper",
    BLUE: "--figure-blue",
}


def inline_svg(svg: str, name: str, alternative: str = "", colours: Mapping[str, str] = THEME_COLOURS) -> str:
    """The SVG element alone, scaled by its container, with a text alternative for those who cannot see it.

    >>> inline_svg('<?xml version="1.0"?><svg width="9pt" height="4pt"><g id="a" fill="#ffffff"/></svg>', "f", "A dot.")
    '<svg role="img" aria-label="A dot."><g id="f-a" fill="var(--figure-paper,#ffffff)"/></svg>'
    """
    start = svg.find("<svg")
    body = svg[start:] if start >= 0 else svg
    head, _, rest = body.partition(">")
    head = re.sub(r'\s(width|height)="[^"]*"', "", head, count=2)
    label = f' role="img" aria-label="{_attribute(alternative)}"' if alternative else ' aria-hidden="true"'
    head = head.replace("<svg", f"<svg{label}", 1)
    # The file's own style rule holds for every element, so inside a page it would hold for the page's other drawings.
    rule = '<style type="text/css">*{stroke-linejoin: round; stroke-linecap: butt}</style>'
    if rule in rest:
        rest = rest.replace(rule, "", 1)
        head += ' style="stroke-linejoin:round;stroke-linecap:butt"'
    body = _without_metadata(f"{head}>{rest}")
    body = re.sub(r'(\sid=")([^"]+)"', rf'\1{name}-\2"', body)
    body = re.sub(r'((?:xlink:)?href=")#([^"]+)"', rf'\1#{name}-\2"', body)
    body = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", body)
    # A lone dot or stroke drawn in a theme colour is in a style or an attribute; both take var() inside a page.
    for colour, variable in colours.items():
        body = re.sub(re.escape(colour) + r"\b", f"var({variable},{colour})", body, flags=re.IGNORECASE)
    return body.strip()


def _without_metadata(svg: str) -> str:
    return re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
