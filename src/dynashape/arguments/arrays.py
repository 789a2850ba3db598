"""One rule for arrays: real numbers of any library become a numpy array, and nothing that was hidden comes to light.

Libraries are known by what their objects can do, since the core depends on none of them.
"""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np

from dynashape.arguments.numbers import shown
from dynashape.errors import InputError
from dynashape.records import Array


def real_array(name: str, given: object) -> Array:
    """The real numbers of an array, tensor, data frame or list, as a numpy array of their own precision.

    Where nothing has to be converted it is the array itself or a view. InputError where values are masked, complex or
    no numbers, or where there is no array.

    >>> real_array("points", [[1, 2], [3, 4]]).shape
    (2, 2)
    >>> real_array("points", np.ma.array([1.0, 9999.0], mask=[False, True]))
    Traceback (most recent call last):
    dynashape.errors.InputError: points has 1 masked value of 2; leave masked values out, or fill them.
    """
    if isinstance(given, np.ma.MaskedArray):
        refuse_masked(name, given, "leave masked values out, or fill them")
        given = given.data
    if isinstance(given, list | tuple) and any(isinstance(part, np.ma.MaskedArray) for part in given):
        return np.asarray([real_array(f"{name}[{i}]", part) for i, part in enumerate(given)])
    if _is_tensor(given):
        given = _from_tensor(name, given)
    elif hasattr(given, "__cuda_array_interface__") and hasattr(given, "get"):
        given = given.get()  # cupy never copies by itself
    try:
        array = np.asarray(given)
    except (TypeError, ValueError, RuntimeError, NotImplementedError) as error:
        why = " ".join(str(error).split()) or type(error).__name__
        raise InputError(f"{name} must be an array of real numbers; got {shown(given)} ({why}).") from None
    if array.dtype.kind == "O":
        array = _from_objects(name, given, array)
    if array.dtype.name == "bfloat16":  # of a package of its own, which numpy cannot compute with
        array = array.astype(np.float32)
    if array.dtype.kind not in "fiub":
        raise InputError(f"{name} must hold real numbers; got dtype {array.dtype}{_text_columns(given)}.")
    return array


def float_array(name: str, given: object) -> Array:
    """The real numbers of an array (see `real_array`) in double precision.

    >>> float_array("points", [1, 2]).tolist()
    [1.0, 2.0]
    """
    return real_array(name, given).astype(np.float64, copy=False)


def whole_array(name: str, given: object) -> Array:
    """The whole numbers of an array, as int64.

    >>> whole_array("pairs", [[0.0, 1.0]]).tolist()
    [[0, 1]]
    """
    array = real_array(name, given)
    with np.errstate(invalid="ignore"):
        whole = array.astype(np.int64)
    if array.dtype == bool or not (whole == array).all():
        raise InputError(f"{name} must hold whole numbers; got others, of dtype {array.dtype}.")
    return whole


def truth_array(name: str, given: object) -> Array:
    """The truth values of an array, which may be given as 0 and 1.

    >>> truth_array("tasks", [0.0, 1.0]).tolist()
    [False, True]
    """
    array = real_array(name, given)
    if array.dtype != bool and not ((array == 0) | (array == 1)).all():
        raise InputError(f"{name} must hold True and False; got other numbers, of dtype {array.dtype}.")
    return array.astype(bool, copy=False)


def refuse_masked(name: str, given: np.ma.MaskedArray[Any, Any], remedy: str) -> None:
    """InputError where values of a masked array are masked: without the mask they would be taken for data."""
    n_masked = int(np.sum(given.mask))
    if n_masked:
        values = "1 masked value" if n_masked == 1 else f"{n_masked} masked values"
        raise InputError(f"{name} has {values} of {given.size}; {remedy}.")


def _is_tensor(given: object) -> bool:
    return all(hasattr(given, part) for part in ("detach", "cpu", "numpy", "device"))


def _from_tensor(name: str, tensor: Any) -> Any:
    """The values of a tensor of torch: without its gradient, off its device, in a precision that numpy has."""
    if getattr(tensor.device, "type", "") == "meta":
        raise InputError(f"{name} is a tensor on the device 'meta', which holds no values; make it on the CPU.")
    if tensor.is_complex():
        raise InputError(f"{name} must hold real numbers; got dtype {tensor.dtype}.")
    tensor = tensor.detach().cpu()
    if any(axis is not None for axis in getattr(tensor, "names", ())):
        tensor = tensor.rename(None)
    if str(tensor.layout) != "torch.strided":  # sparse; torch itself is not imported here
        tensor = tensor.to_dense()
    try:
        return tensor.numpy()
    except TypeError:  # bfloat16 and smaller
        return tensor.float().numpy()


def _from_objects(name: str, given: object, array: Array) -> Array:
    """Numbers that came as Python's objects, such as a data frame of mixed columns; missing ones become NaN."""
    if hasattr(given, "isna"):
        try:
            return np.where(np.asarray(given.isna()), np.nan, array).astype(np.float64)
        except (TypeError, ValueError):
            raise InputError(f"{name} must hold real numbers; got dtype object{_text_columns(given)}.") from None
    if array.ndim == 0:
        raise InputError(f"{name} must be an array of real numbers; got {shown(given)}.")
    for place, value in zip(np.ndindex(array.shape), array.flat, strict=True):
        if not isinstance(value, Real):
            at = ", ".join(map(str, place))
            kind = type(value).__name__
            raise InputError(f"{name} must hold real numbers; got {shown(value)} ({kind}) at [{at}], of dtype object.")
    return array.astype(np.float64)


def _text_columns(given: object) -> str:
    """Which columns of a data frame hold no numbers, where it is one."""
    dtypes: Any = getattr(given, "dtypes", None)
    if not hasattr(dtypes, "items"):
        return ""
    wrong = [str(name) for name, dtype in dtypes.items() if getattr(dtype, "kind", "O") not in "fiub"]
    return f" (columns {', '.join(wrong[:5])}{' ...' if len(wrong) > 5 else ''}); drop those that are no units"
