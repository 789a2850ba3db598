from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest

from dynashape.engine import Engine, Outcome, Unit
from dynashape.engine.serial import SerialEngine
from dynashape.errors import InputError
from dynashape.steps import Computed, Progress, Reader, Silent, Stage, Step, compute, stages_under
from dynashape.store import Store


@dataclass(frozen=True, eq=False)
class Leaf(Step[int]):
    version: ClassVar[int] = 1
    title: ClassVar[str] = "picking leaves"
    ran: ClassVar[list[str]] = []
    broken: ClassVar[set[str]] = set()

    number: int
    size: float = 1.0
    label: str = ""

    @property
    def name(self) -> str:
        return self.label or f"leaf {self.number}"

    @property
    def cost(self) -> float:
        return self.size

    def run(self, read: Reader) -> int:
        self.ran.append(self.name)
        if self.name in self.broken:
            raise InputError(f"{self.name} is broken; mend it.")
        return self.number


def stage_of(steps: Iterable[Step[Any]]) -> Stage:
    """The stage of these steps, under their own names."""
    named = {step.name: step for step in steps}
    return Stage(next(iter(named.values())).title, named)


@dataclass(frozen=True, eq=False)
class Twig(Step[int]):
    version: ClassVar[int] = 1
    title: ClassVar[str] = "breaking twigs"

    leaves: tuple[Leaf, ...]
    kept_one: bool = True

    @property
    def name(self) -> str:
        return "twig of " + ", ".join(str(leaf.number) for leaf in self.leaves)

    @property
    def kept(self) -> bool:
        return self.kept_one

    def run(self, read: Reader) -> int:
        Leaf.ran.append(self.name)
        return sum(map(read, self.leaves))


@dataclass(frozen=True, eq=False)
class Tree(Step[int]):
    version: ClassVar[int] = 1
    title: ClassVar[str] = "growing trees"

    twigs: tuple[Twig, ...]

    @property
    def name(self) -> str:
        return f"tree of {len(self.twigs)}"

    def run(self, read: Reader) -> int:
        Leaf.ran.append(self.name)
        return sum(map(read, self.twigs))


class Told:
    """Keeps what a run tells."""

    def __init__(self) -> None:
        self.said: list[tuple[Any, ...]] = []

    def stage(self, title: str, n_units: int, n_done: int) -> None:
        self.said.append((title, n_units, n_done))

    def unit(self, name: str, ok: bool, message: str) -> None:
        self.said.append((name, ok, message))

    def end(self) -> None:
        self.said.append(("end",))


class Opened:
    """Opens serial engines, and knows how many are open; stops at a unit of this name, as Ctrl-C does."""

    def __init__(self, interrupt_at: str = "") -> None:
        self.n_opened = self.n_open = 0
        self.interrupt_at = interrupt_at

    def __call__(self) -> Engine:
        self.n_opened, self.n_open = self.n_opened + 1, self.n_open + 1
        opened = self

        class Counted:
            n_workers = 1
            serial = SerialEngine()

            def run(self, units: Sequence[Unit], on_done: Callable[[Outcome], None] | None = None) -> list[Outcome]:
                def tell(outcome: Outcome) -> None:
                    assert on_done is not None
                    on_done(outcome)
                    if outcome.name == opened.interrupt_at:
                        raise KeyboardInterrupt

                return self.serial.run(units, tell)

            def close(self) -> None:
                opened.n_open -= 1

            def __enter__(self) -> Counted:
                return self

            def __exit__(self, *_: object) -> None:
                self.close()

        return Counted()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    Leaf.ran.clear()
    Leaf.broken.clear()
    return Store.create(tmp_path / "store")


def stages_of(*trees: Tree) -> list[Stage]:
    twigs = [twig for tree in trees for twig in tree.twigs]
    leaves = [leaf for twig in twigs for leaf in twig.leaves]
    return [stage_of(leaves), stage_of(twig for twig in twigs if twig.kept), stage_of(trees)]


A, B, C = Leaf(1), Leaf(2), Leaf(3)
TREE = Tree((Twig((A, B)), Twig((C,))))


def run(stages: list[Stage], store: Store) -> Computed:
    return compute(stages, store, SerialEngine)


def test_everything_is_computed_in_the_order_of_stages_and_told(store: Store) -> None:
    opened, told = Opened(), Told()
    done = compute(stages_of(TREE), store, opened, told)
    assert Reader(store)(TREE) == 6
    assert Leaf.ran == ["leaf 1", "leaf 2", "leaf 3", "twig of 1, 2", "twig of 3", "tree of 2"]
    assert done.counts == {"picking leaves": 3, "breaking twigs": 2, "growing trees": 1}
    assert done.failures == {}
    assert set(done.seconds) == set(done.counts)
    assert all(seconds > 0 for seconds in done.seconds.values())
    assert told.said == [
        ("picking leaves", 3, 0),
        *((f"leaf {number}", True, "") for number in (1, 2, 3)),
        ("end",),
        ("breaking twigs", 2, 0),
        *((name, True, "") for name in ("twig of 1, 2", "twig of 3")),
        ("end",),
        ("growing trees", 1, 0),
        ("tree of 2", True, ""),
        ("end",),
    ]
    assert (opened.n_opened, opened.n_open) == (1, 0)


def test_nothing_missing_opens_no_engine(store: Store) -> None:
    run(stages_of(TREE), store)
    opened, told = Opened(), Told()
    done = compute(stages_of(TREE), store, opened, told)
    assert opened.n_opened == 0
    assert done.counts == {"picking leaves": 0, "breaking twigs": 0, "growing trees": 0}
    assert done.seconds == {}
    assert told.said[0] == ("picking leaves", 3, 3)
    assert len(Leaf.ran) == 6


def test_the_costliest_are_started_first_and_equals_in_their_order(store: Store) -> None:
    run([stage_of([Leaf(1, 1.0), Leaf(2, 3.0), Leaf(3, 1.0), Leaf(4, 2.0)])], store)
    assert Leaf.ran == ["leaf 2", "leaf 4", "leaf 1", "leaf 3"]


def test_a_failure_leaves_undone_what_needs_it_and_finishes_the_rest(store: Store) -> None:
    Leaf.broken.add("leaf 1")
    told, other = Told(), Tree((Twig((C,)),))
    done = compute(stages_of(TREE, other), store, SerialEngine, told)
    assert done.failures == {
        "leaf leaf 1": "failed: InputError: leaf 1 is broken; mend it.",
        "twig twig of 1, 2": "skipped: needs leaf of leaf 1",
        "tree tree of 2": "skipped: needs twig of twig of 1, 2",
    }
    assert done.counts == {"picking leaves": 3, "breaking twigs": 1, "growing trees": 1}
    assert ("leaf 1", False, "failed: InputError: leaf 1 is broken; mend it.") in told.said
    read = Reader(store)
    assert read(other) == 3
    assert not any(map(read.has, (A, TREE.twigs[0], TREE)))
    # What failed is tried again, and nothing else is.
    Leaf.broken.clear()
    Leaf.ran.clear()
    assert run(stages_of(TREE, other), store).failures == {}
    assert Leaf.ran == ["leaf 1", "twig of 1, 2", "tree of 2"]


def test_a_failure_is_seen_through_steps_that_are_not_kept(store: Store) -> None:
    Leaf.broken |= {"leaf 1", "leaf 2"}
    tree = Tree((Twig((A, B), kept_one=False), Twig((C, A), kept_one=False)))
    stages = [stage_of((A, B, C)), stage_of((tree,))]
    done = run(stages, store)
    assert done.failures["tree tree of 2"] == "skipped: needs leaf of leaf 1, leaf of leaf 2"
    assert done.counts == {"picking leaves": 3, "growing trees": 0}
    Leaf.broken.clear()
    assert run(stages, store).failures == {}
    assert Reader(store)(tree) == 7


def test_a_step_in_a_stage_that_is_not_kept_is_done_with_its_inputs_and_fails_with_them(store: Store) -> None:
    twig = Twig((A,), kept_one=False)
    stages = [stage_of((A,)), stage_of((twig,))]
    Leaf.broken.add("leaf 1")
    assert run(stages, store).failures["twig twig of 1"] == "skipped: needs leaf of leaf 1"
    Leaf.broken.clear()
    assert run(stages, store).counts == {"picking leaves": 1, "breaking twigs": 0}
    assert not (store.root / "twig").exists()


def test_an_input_that_no_stage_computes_fails_the_step_with_what_is_missing(store: Store) -> None:
    done = run([stage_of((Twig((A,)),))], store)
    assert done.failures["twig twig of 1"].startswith("failed: StoreError: the result of step 'leaf' is missing")


def test_interrupted_and_called_again_only_what_is_missing_is_computed(store: Store) -> None:
    opened = Opened(interrupt_at="leaf 2")
    with pytest.raises(KeyboardInterrupt):
        compute(stages_of(TREE), store, opened)
    assert opened.n_open == 0
    assert Leaf.ran == ["leaf 1", "leaf 2"]
    told = Told()
    done = compute(stages_of(TREE), store, SerialEngine, told)
    assert told.said[0] == ("picking leaves", 3, 2)
    assert done.counts["picking leaves"] == 1
    assert Leaf.ran.count("leaf 2") == 1
    assert Reader(store)(TREE) == 6


def test_a_damaged_result_is_computed_again(store: Store) -> None:
    run(stages_of(TREE), store)
    path = store.path(B.kind, B.key)
    path.write_bytes(path.read_bytes()[:-9])
    assert run(stages_of(TREE), store).counts == {"picking leaves": 1, "breaking twigs": 0, "growing trees": 0}


def test_equal_steps_under_two_names_of_one_stage_are_one(store: Store) -> None:
    stage = Stage("picking leaves", {"first": A, "second": Leaf(1), "third": B})
    told = Told()
    done = compute([stage], store, SerialEngine, told)
    assert done.counts == {"picking leaves": 2}
    assert told.said == [("picking leaves", 2, 0), ("first", True, ""), ("third", True, ""), ("end",)]


def test_a_failure_of_equal_steps_is_named_once_and_known_of_both(store: Store) -> None:
    Leaf.broken.add("leaf 1")
    stages = [Stage("picking leaves", {"first": A, "second": Leaf(1)}), stage_of((Twig((Leaf(1), A)),))]
    assert run(stages, store).failures == {
        "leaf first": "failed: InputError: leaf 1 is broken; mend it.",
        "twig twig of 1, 1": "skipped: needs leaf of first",
    }


def test_stages_of_one_title_are_counted_together(store: Store) -> None:
    done = run([stage_of((A,)), stage_of((B, C))], store)
    assert done.counts == {"picking leaves": 3}
    assert list(done.seconds) == ["picking leaves"]


def test_the_stages_are_the_graph_under_the_last_steps_each_step_once() -> None:
    twig, hidden = Twig((A, B)), Twig((A, C), kept_one=False)
    stages = stages_under({"": [twig], "more: ": [Twig((A, Leaf(4))), Twig((hidden_leaf := Leaf(9),)), hidden]})
    assert [stage.title for stage in stages] == ["picking leaves", "breaking twigs"]
    assert stages[0].steps == {
        "leaf 1": A,
        "leaf 2": B,
        "more: leaf 4": Leaf(4),
        "more: leaf 9": hidden_leaf,
        "more: leaf 3": C,
    }
    assert hidden not in stages[1].steps.values()
    assert list(stages[1].steps) == ["twig of 1, 2", "more: twig of 1, 4", "more: twig of 9"]


def test_two_different_steps_of_one_name_are_refused_instead_of_one_being_lost() -> None:
    with pytest.raises(InputError, match="two different steps are called 'leaf'"):
        stages_under({"": [Twig((Leaf(1, label="leaf"), Leaf(2, label="leaf")))]})


def test_no_stages_are_nothing_to_do(store: Store) -> None:
    assert compute([], store, Opened()) == Computed({}, {}, {})


def test_silence_is_a_progress() -> None:
    silent: Progress = Silent()
    assert isinstance(silent, Progress)
    silent.stage("a", 3, n_done=0)
    silent.unit("a", ok=True, message="")
    silent.end()
