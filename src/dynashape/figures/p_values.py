"""The p-values of the tables as figures print them."""

from __future__ import annotations

import pandas as pd


def format_p(value: float) -> str:
    """A p-value as it is printed in a figure.

    >>> format_p(0.0004), format_p(0.03), format_p(0.2)
    ('p < .001', 'p = .030', 'p = .20')
    """
    if value != value:
        return "p unknown"
    if value < 0.001:
        return "p < .001"
    return f"p = {value:.3f}".replace("0.", ".") if value < 0.1 else f"p = {value:.2f}".replace("0.", ".")


def significance(table: pd.DataFrame) -> tuple[pd.Series, str]:
    """The q-values where the table has them, otherwise the p-values, and the letter to print for them.

    >>> significance(pd.DataFrame({"p_value": [0.01], "q_value": [0.04]}))[1]
    'q'
    """
    if "q_value" in table and table["q_value"].notna().any():
        return pd.to_numeric(table["q_value"]), "q"
    return table["p_value"], "p"
