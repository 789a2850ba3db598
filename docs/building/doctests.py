"""Examples in docstrings as code blocks: bare `>>>` lines are quotations to Markdown."""

from __future__ import annotations

from typing import Any

import griffe


class Doctests(griffe.Extension):  # type: ignore[misc]
    """Fence every run of lines that begins with a prompt, up to the next empty line."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Fence the examples of this object's docstring."""
        if obj.docstring is not None and not obj.is_alias:
            obj.docstring.value = fence(obj.docstring.value)


def fence(text: str) -> str:
    """The text with its examples between fences."""
    lines: list[str] = []
    inside = False
    for line in [*text.splitlines(), ""]:
        if line.startswith(">>> ") and not inside:
            lines.append("```pycon")
            inside = True
        elif inside and not line.strip():
            lines.append("```")
            inside = False
        lines.append(line)
    return "\n".join(lines).rstrip("\n")
