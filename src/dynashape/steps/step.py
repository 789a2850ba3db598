"""A step is a value: its fields are exactly what changes its result, and its inputs are other steps.

The graph under a last step is therefore the plan, and the key of a step, made from its type, version and fields, stands
for everything before it. What a step returns is a record, which the store writes and reads as the type that it is.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar, cast, get_type_hints

from dynashape.store import Store, content_key

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Step(ABC, Generic[T]):
    """One unit of work, whose result has type T. Two steps with the same key are equal.

    `version` goes up whenever the code of the step changes what it computes: results of the old code are then missing.
    `title` is what the stage of such steps is called; a step that is not `kept` is run again wherever it is read.
    """

    version: ClassVar[int] = 1
    title: ClassVar[str]

    @property
    @abstractmethod
    def name(self) -> str:
        """What this step is called among those of its kind."""

    @abstractmethod
    def run(self, read: Reader) -> T:
        """Compute the result from those of the inputs: `read(step)` gives the result of a step."""

    def finished(self, store: Store) -> None:
        """Clear away what the step has left, once its result is stored."""

    @property
    def stage(self) -> str:
        """What the stage is called in which this step is computed."""
        return self.title

    @property
    def kept(self) -> bool:
        """Whether the result is stored."""
        return True

    @property
    def cost(self) -> float:
        """How long this step takes, beside others of its kind."""
        return 1.0

    @property
    def result_type(self) -> Any:
        """The type of the result, by which it is read from the store."""
        return get_type_hints(type(self).run)["return"]

    @cached_property
    def kind(self) -> str:
        """The folder of such steps in the store."""
        return type(self).__name__.lower()

    @cached_property
    def key(self) -> str:
        """The name of the result: the hash of the step's type, version and fields, with the keys of its inputs."""
        values = {field.name: _plain(getattr(self, field.name)) for field in fields(self)}
        return content_key(self.kind, self.version, values)

    @property
    def inputs(self) -> tuple[Step[Any], ...]:
        """The steps among the fields, in order."""
        return tuple(step for field in fields(self) for step in _steps_in(getattr(self, field.name)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Step) and (self.kind, self.key) == (other.kind, other.key)

    def __hash__(self) -> int:
        return hash(self.key)


@dataclass(frozen=True)
class Reader:
    """Reads the results of steps from a store; a step that is not kept is run."""

    store: Store

    def __call__(self, step: Step[T]) -> T:
        """Read the result of this step; StoreError where it is missing."""
        return cast(T, self.store.load(step.kind, step.key, step.result_type)) if step.kept else step.run(self)

    def has(self, step: Step[Any]) -> bool:
        """Tell whether this step can be read: its result is whole or, where it is not kept, its inputs are there."""
        return self.store.has(step.kind, step.key) if step.kept else all(map(self.has, step.inputs))


def perform(root: Path, step: Step[Any]) -> None:
    """Run a step on whatever worker it lands, unless its result lies in the store at `root` already.

    Raises InputError where the result cannot be read back as the type that `run` promises.
    """
    read, kind = Reader(Store(root)), step.result_type
    if not read.has(step):
        read.store.save(step.kind, step.key, step.run(read), kind)
        step.finished(read.store)


def _steps_in(value: Any) -> Iterator[Step[Any]]:
    if isinstance(value, Step):
        yield value
    else:
        yield from (step for item in _parts(value).values() for step in _steps_in(item))


def _parts(value: Any) -> Mapping[Any, Any]:
    """What a field is made of: the fields of a record, the values of a mapping, the items of a sequence."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, list | tuple):
        return dict(enumerate(value))
    return value if isinstance(value, Mapping) else {}


def _plain(value: Any) -> Any:
    """A field as JSON: steps by their keys, records by their types and fields, models as they dump themselves."""
    if isinstance(value, Step):
        return value.key
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if isinstance(value, Enum):
        return value.value
    if not isinstance(value, Mapping | list | tuple) and not is_dataclass(value):
        return value
    parts = {name: _plain(item) for name, item in _parts(value).items()}
    if isinstance(value, list | tuple):
        return list(parts.values())
    # What does the work of a step, such as a dissimilarity, has a version of its own.
    return parts if isinstance(value, Mapping) else {_type_name(type(value)): [getattr(value, "version", 1), parts]}


def _type_name(kind: type) -> str:
    """The name of a class of this package, or the whole one of another's: two people may call theirs the same."""
    whole = f"{kind.__module__}:{kind.__qualname__}"
    return kind.__name__ if kind.__module__.startswith("dynashape.") else whole
