"""What people pass to public functions, read once at the border: numbers of any type, and arrays of any library."""

from dynashape.arguments.arrays import float_array, real_array, refuse_masked, truth_array, whole_array
from dynashape.arguments.numbers import number, real_number, real_numbers, shown, truth, whole_number, whole_numbers
from dynashape.arguments.signatures import read_arguments, read_options, read_values

__all__ = [
    "float_array",
    "number",
    "read_arguments",
    "read_options",
    "read_values",
    "real_array",
    "real_number",
    "real_numbers",
    "refuse_masked",
    "shown",
    "truth",
    "truth_array",
    "whole_array",
    "whole_number",
    "whole_numbers",
]
