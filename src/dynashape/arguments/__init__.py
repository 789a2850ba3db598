"""What people pass to public functions, read once at the border: numbers of any type, and arrays of any library."""

from dynashape.arguments.arrays import real_array
from dynashape.arguments.numbers import number, real_number, shown, truth, whole_number, whole_numbers
from dynashape.arguments.signatures import read_arguments, read_options

__all__ = [
    "number",
    "read_arguments",
    "read_options",
    "real_array",
    "real_number",
    "shown",
    "truth",
    "whole_number",
    "whole_numbers",
]
