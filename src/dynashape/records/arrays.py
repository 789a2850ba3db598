"""The type of an array, for the checker and for the run-time checks of shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:  # the checker wants the type arguments, jaxtyping's run-time checks want the bare class
    Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]
    """An array of numpy."""
else:
    Array = np.ndarray
