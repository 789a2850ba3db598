"""A matrix of distances that knows its systems: the labels, the dissimilarity and its unit travel with the numbers."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Bool, Float, Int, Shaped

from dynashape.arguments import real_array, shown, whole_array
from dynashape.distances.checks import check_column, check_distinct, check_values
from dynashape.errors import InputError, StoreError, unknown_name
from dynashape.records import Array, System

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

Labels = Mapping[str, Shaped[Array, " systems"]]
"""A table of labels: a column a label, one entry a system."""
Facts = Mapping[str, str | int | float]


@dataclass(frozen=True, eq=False, init=False)
class Distances:
    """Distances between all pairs of systems, with a table that says which system is which.

    Parameters
    ----------
    values : array of shape (systems, systems)
        Symmetric, with zeros in the diagonal. NaN where a system could not be compared.
    labels : mapping of str to sequence
        The columns of the table: any names, each with one entry a system, in the order of `values`.
    dissimilarity : str
        What was measured, such as ``"dsa"``.
    unit : str
        The unit of the values: ``"rad"``, or ``"1"`` for plain numbers.
    facts : mapping of str to str or number
        What else is to be known of all values together, such as the phase they are of; kept in files. What is called
        ``long_name`` names the values for readers.

    Raises
    ------
    InputError
        Where `values` is not square, or a column has another length.

    Examples
    --------
    >>> distances = Distances(np.array([[0.0, 1.0], [1.0, 0.0]]), {"task": ["CDM", "PR"], "seed": [0, 0]})
    >>> distances.select(task="PR").n_systems, distances.between({"task": "CDM"}, {"task": "PR"}).tolist()
    (1, [[1.0]])
    """

    values: Float[Array, "systems systems"]
    labels: Labels
    dissimilarity: str
    unit: str
    facts: Facts

    # What is given may be a list or a data frame; what is kept is a copy, which nobody else changes.
    def __init__(
        self,
        values: Any,
        labels: Any,
        dissimilarity: str = "dissimilarity",
        unit: str = "1",
        facts: Facts | None = None,
    ) -> None:
        matrix = check_values(values)
        if not hasattr(labels, "items"):
            raise InputError(f"labels must be a table or a mapping of columns; got a {type(labels).__name__}.")
        check_distinct("labels", [str(name) for name, _ in labels.items()])
        columns = {name: check_column(name, column, len(matrix)) for name, column in labels.items()}
        kept = (matrix, columns, dissimilarity, unit, dict(facts or {}))
        for field, value in zip(fields(self), kept, strict=True):
            object.__setattr__(self, field.name, value)

    @classmethod
    def of_systems(
        cls,
        values: Float[Array, "systems systems"],
        systems: Iterable[System],
        dissimilarity: str,
        unit: str,
        facts: Mapping[str, str | int | float] = MappingProxyType({}),
    ) -> Distances:
        """Label distances between systems of one architecture in one phase by task, seed and condition.

        Parameters
        ----------
        values : array of shape (systems, systems)
            The distances.
        systems : iterable of System
            The systems, in the order of `values`. The architecture and the phase, which they share, become `facts`.
        dissimilarity, unit : str
            What was measured, and its unit.
        facts : mapping of str to str or number, optional
            What else is to be known, such as the options of the dissimilarity.

        Returns
        -------
        Distances
            The labelled distances.

        Raises
        ------
        InputError
            Where the systems do not share one architecture and phase.
        """
        known = list(systems)
        shared = {(system.architecture, system.phase) for system in known}
        if len(shared) != 1:
            raise InputError(f"the systems must share one architecture and phase; got {sorted(shared)}.")
        ((architecture, phase),) = shared
        labels = {
            "task": np.array([system.task for system in known]),
            "seed": np.array([system.seed for system in known], dtype=np.int64),
            "condition": np.array([str(system.condition) for system in known]),
        }
        return cls(values, labels, dissimilarity, unit, {"architecture": architecture, "phase": phase, **facts})

    @property
    def n_systems(self) -> int:
        """The number of systems."""
        return len(self.values)

    @property
    def names(self) -> list[str]:
        """A name for each system: its labels, joined by slashes.

        Examples
        --------
        >>> Distances(np.zeros((1, 1)), {"task": ["PR"], "seed": [3]}).names
        ['PR/3']
        """
        rows = zip(*(column.tolist() for column in self.labels.values()), strict=True)
        return ["/".join(map(str, row)) for row in rows] if self.labels else list(map(str, range(self.n_systems)))

    def where(self, **wanted: Any) -> Bool[Array, " systems"]:
        """Tell which systems have these labels.

        Parameters
        ----------
        **wanted
            For each column, a value or several.

        Returns
        -------
        boolean array of shape (systems,)
            Whether each system has one of the wanted values in every column that is named.

        Raises
        ------
        InputError
            For columns and values that nobody has.
        """
        found = np.ones(self.n_systems, dtype=bool)
        for name, value in wanted.items():
            if name not in self.labels:
                raise InputError(unknown_name("label", name, self.labels))
            several = isinstance(value, Collection) and not isinstance(value, str | bytes)
            column, values = self.labels[name].tolist(), list(value) if several else [value]
            for own in values:
                if own not in column:
                    raise InputError(
                        unknown_name(f"value of label {name!r}:", str(own), map(str, dict.fromkeys(column)))
                    )
            found &= np.array([own in values for own in column], dtype=bool)
        return found

    def take(self, systems: Int[Array, " taken"] | Bool[Array, " systems"]) -> Distances:
        """Take some of the systems.

        Parameters
        ----------
        systems : integer array of shape (taken,), or boolean array of shape (systems,)
            Positions of systems, in the order in which they are taken, or a mask.

        Returns
        -------
        Distances
            The distances between these systems.
        """
        try:
            at = np.arange(self.n_systems)[_positions(systems)]
            if at.ndim != 1:
                raise IndexError(f"give a list or a mask; got {shown(systems)}")
        except InputError:
            raise
        except (IndexError, TypeError, ValueError) as error:
            raise InputError(f"these are no positions among {self.n_systems} systems, nor a mask: {error}.") from None
        labels = {name: column[at] for name, column in self.labels.items()}
        return Distances(self.values[np.ix_(at, at)], labels, self.dissimilarity, self.unit, self.facts)

    def select(self, **wanted: Any) -> Distances:
        """Select the systems that have these labels.

        Parameters
        ----------
        **wanted
            For each column, a value or several; see `where`.

        Returns
        -------
        Distances
            The distances between these systems.

        Examples
        --------
        >>> distances = Distances(np.zeros((3, 3)), {"region": ["PFC", "PPC", "V1"]})
        >>> distances.select(region=["PFC", "V1"]).names
        ['PFC', 'V1']
        """
        return self.take(self.where(**wanted))

    def drop(self, **unwanted: Any) -> Distances:
        """Leave out the systems that have these labels; where several columns are named, those that fit all of them.

        Parameters
        ----------
        **unwanted
            For each column, a value or several; see `where`.

        Returns
        -------
        Distances
            The distances between the other systems.
        """
        return self.take(~self.where(**unwanted))

    def usable(self) -> Distances:
        """Leave out the systems that could not be compared with any other.

        Returns
        -------
        Distances
            The distances between the systems whose distance to themselves is a number.
        """
        return self.take(np.isfinite(np.diag(self.values)))

    def between(self, first: Mapping[str, object], second: Mapping[str, object]) -> Float[Array, "first second"]:
        """Give the distances of some systems to some others.

        Parameters
        ----------
        first, second : mapping of str to object
            The labels of the systems in the rows, and of those in the columns; see `where`.

        Returns
        -------
        array of shape (first, second)
            The distances.
        """
        return np.asarray(self.values[np.ix_(self.where(**first), self.where(**second))])

    def condensed(self) -> Float[Array, " pairs"]:
        """Give the upper triangle row by row, as `scipy.spatial.distance.squareform` reads it.

        Returns
        -------
        array of shape (pairs,)
            The distance of each pair of systems.
        """
        return np.asarray(self.values[np.triu_indices(self.n_systems, 1)])

    def to_frame(self) -> pd.DataFrame:
        """Make a table with a row for each pair of systems. It needs pandas, which comes with the `study` extra.

        Returns
        -------
        pandas.DataFrame
            The labels of both systems, those of the second one with names that end in ``_other``, and the distance.
        """
        import pandas as pd

        check_distinct("the table", [*self.labels, *(f"{name}_other" for name in self.labels), "distance"])
        rows, columns = np.triu_indices(self.n_systems, 1)
        found = {name: column[rows] for name, column in self.labels.items()}
        found |= {f"{name}_other": column[columns] for name, column in self.labels.items()}
        return pd.DataFrame({**found, "distance": self.values[rows, columns]})

    def to_xarray(self) -> xr.DataArray:
        """Make a labelled array. It needs xarray, which comes with the `study` extra.

        Returns
        -------
        xarray.DataArray
            The matrix with dimensions ``system`` and ``other`` and the labels of both as coordinates.
        """
        import xarray as xr

        check_distinct("the array", [*self.labels, *(f"other_{name}" for name in self.labels), "other", "distance"])
        coordinates: dict[str, object] = {"system": self.names, "other": self.names}
        for side, prefix in (("system", ""), ("other", "other_")):
            coordinates |= {f"{prefix}{name}": (side, column) for name, column in self.labels.items()}
        named = {"units": self.unit, "long_name": self.dissimilarity, **self.facts}
        return xr.DataArray(self.values.copy(), coordinates, ("system", "other"), name="distance", attrs=named)

    def write(self, path: str | Path) -> Path:
        """Write the matrix and its labels into a netCDF file (HDF5).

        Parameters
        ----------
        path : str or Path
            The file.

        Returns
        -------
        Path
            The file, which `read` reads.
        """
        data = self.to_xarray()
        slashed = [name for name in self.labels if "/" in name]
        if slashed:
            raise InputError(f"names of labels in a file have no slash; got {slashed[0]!r}: rename this label.")
        # As text: coordinates keep no order in a file, nor attributes their types, and readers scale by some of them.
        data.attrs = {"units": self.unit, "long_name": str(self.facts.get("long_name", self.dissimilarity))}
        try:
            data.attrs |= {"labels": json.dumps(list(self.labels)), "facts": json.dumps(dict(self.facts))}
            # A coordinate has no space in its name.
            spaced = [name for name in map(str, data.coords) if " " in name]
            dataset = data.to_dataset().reset_coords(spaced)
            # The facts once more, for readers of netCDF that know nothing of dynashape.
            plain = {n: fact for n, fact in self.facts.items() if n.isidentifier() and not isinstance(fact, bool)}
            dataset.attrs = {**plain, "dissimilarity": self.dissimilarity}
            dataset.to_netcdf(path, engine="h5netcdf")
        except OSError as error:
            raise StoreError(f"{path} cannot be written ({error}); choose a folder that you may write to.") from None
        except (TypeError, ValueError) as error:
            raise InputError(f"a file cannot hold a label or fact of these distances: {error}.") from None
        return Path(path)

    @classmethod
    def read(cls, path: str | Path) -> Distances:
        """Read the distances that `write` wrote.

        Parameters
        ----------
        path : str or Path
            The file.

        Returns
        -------
        Distances
            The distances with their labels.

        Raises
        ------
        InputError
            Where the file holds none.
        """
        import xarray as xr

        try:
            # Nothing is decoded: distances in seconds are no times.
            with xr.open_dataset(
                path, engine="h5netcdf", decode_times=False, mask_and_scale=False, phony_dims="sort"
            ) as data:
                found = data["distance"].load()
                labels = {name: data[name].to_numpy() for name in json.loads(found.attrs["labels"])}
                dissimilarity = data.attrs["dissimilarity"]
            facts = json.loads(found.attrs["facts"])
            return cls(found.to_numpy(), labels, dissimilarity, found.attrs["units"], facts)
        except (OSError, KeyError, ValueError, TypeError, AttributeError, RuntimeError) as error:
            why = " ".join(str(error).split())
            raise InputError(
                f"{path} holds no distances of dynashape ({why}); give a file of Distances.write."
            ) from None


def _positions(given: Any) -> Any:
    """Positions as numpy takes them: a slice, whole numbers, or a mask."""
    if given is None or isinstance(given, slice | str | bytes):
        return given
    array = real_array("systems", given)
    if array.size == 0 and array.dtype != bool:
        return array.astype(np.int64)
    return array if array.dtype == bool else whole_array("systems", array)
