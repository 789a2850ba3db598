"""Figures that a page has drawn, as images inside the page."""

from __future__ import annotations

import base64
from pathlib import Path

_KINDS = {".svg": "svg+xml", ".png": "png"}


def embed(path: str | Path, alternative: str) -> str:
    """HTML that shows the image of this file; `alternative` says what is to be seen on it."""
    place = Path(path)
    data = base64.b64encode(place.read_bytes()).decode()
    source = f"data:image/{_KINDS[place.suffix]};base64,{data}"
    return f'<figure class="drawn"><img alt="{alternative}" src="{source}"></figure>'
