"""Training throughput of the twelve groups against the loop a user would write, and the share of the machine's limit.

python benchmarks/training.py [--updates 15] [--tasks CDM GNG DC PR] [--wall]

The user's loop: one network at a time, a PyTorch loop over steps with autograd, `ngym.Dataset` batches, Adam. Ours: a
group of five networks in one batch with gradients written by hand and vectorised samplers. Same cells, sizes (64 units,
64 trials, 96 steps) and number of updates; evaluation left out of both. `autograd` is our batch and samplers with the
cells' `step` alone, differentiated by PyTorch: the way not taken.

Everything is CPU time of one thread, which other work on the machine hardly changes; the ratio takes it that the user's
loop would gain as much from a second thread as ours from a second process, which flatters the user. `--wall`, for an
idle machine, also times both on two threads by the clock: the user's with two threads, ours as two processes of one.
The share is what the update's arithmetic takes at the speed of a batched 64 x 64 product, over what the update takes.

Measured on two cores of an AMD EPYC (AVX2), 69 GFLOP/s in the batched product of one thread, other work beside it; ms:

                user   autograd      ours  ratio  share
    V-RNN    32 - 57    19 - 29   4.5 - 8    7.1    46%    (from the quickest to the slowest of the four tasks)
    GRU     95 - 129   92 - 111   13 - 16    7.4    50%
    LSTM   125 - 138  134 - 168   18 - 22    6.8    52%
    the twelve groups together: 7.1 times the user's loop, 6.8 times autograd

On an idle machine with AVX-512 (87 GFLOP/s): 5.3 times the user's loop and 4.7 times autograd by CPU time, shares 53,
50 and 53 %; with `--wall`, two threads in total, 15 times the user's loop by the clock (its second thread only costs).
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import time
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import torch

from dynashape.networks import ARCHITECTURES, Cell, make_cell
from dynashape.tasks import TASKS, make_task
from dynashape.training import LearningProtocol, train_group

N_UNITS, N_SEEDS = 64, 5
REPEATS = 3  # the quickest counts: a neighbour on the same core only slows


def step_only(name: str) -> Cell:
    """The same cell without its hand-written passes."""
    kind = type(make_cell(name))
    methods = {"forward": Cell.forward, "backward": Cell.backward, "extra_buffers": Cell.extra_buffers}
    return type("StepOnly", (kind,), methods)()


def train_ours(architecture: str, task: str, n_updates: int, first_seed: int, autograd: bool) -> tuple[float, float]:
    """CPU and wall seconds of a group's updates."""
    torch.set_num_threads(1)
    cell = step_only(architecture) if autograd else make_cell(architecture)
    seeds = range(first_seed, first_seed + N_SEEDS)

    def run(updates: int) -> tuple[float, float]:
        protocol = LearningProtocol(
            max_updates=updates, evaluate_every=updates, n_evaluation_trials=1, n_test_trials=1, patience=10**9
        )
        cpu, wall = time.process_time(), time.perf_counter()
        train_group(cell, make_task(task), seeds, n_units=N_UNITS, protocol=protocol)
        return time.process_time() - cpu, time.perf_counter() - wall

    run(2)  # memory, code and tables are warm after this
    few, many = run(2), run(2 + n_updates)
    return many[0] - few[0], many[1] - few[1]


def quickest(architecture: str, task: str, n_updates: int, autograd: bool) -> float:
    """CPU seconds per network and update, the best of a few."""
    return min(train_ours(architecture, task, n_updates, 0, autograd)[0] for _ in range(REPEATS)) / (
        n_updates * N_SEEDS
    )


def train_as_a_user(architecture: str, task_name: str, n_updates: int, n_threads: int) -> tuple[float, float]:
    """CPU and wall seconds of one network's updates, batches from NeuroGym's Dataset."""
    import neurogym as ngym

    torch.set_num_threads(n_threads)

    task, cell, protocol = make_task(task_name), make_cell(architecture), LearningProtocol()
    behind = make_task(task.environment, period_to_phase=task.period_to_phase, **task.environment_parameters)
    env = behind.fresh_environment(np.random.default_rng(0))
    weights = cell.initialise(task.n_inputs, N_UNITS, task.n_actions, np.random.default_rng(0))
    w = {name: torch.tensor(array, requires_grad=True) for name, array in weights.items()}
    optimiser = torch.optim.Adam(list(w.values()), lr=protocol.learning_rate)
    dataset = ngym.Dataset(env, batch_size=protocol.batch_size, seq_len=task.timing.n_steps)
    cpu, wall = time.process_time(), time.perf_counter()
    for update in range(n_updates + 1):
        if update == 1:  # the first warms up
            cpu, wall = time.process_time(), time.perf_counter()
        inputs, targets = dataset()
        x, y = torch.as_tensor(inputs, dtype=torch.float32), torch.as_tensor(targets, dtype=torch.int64)
        drive = torch.stack([x @ w["input"][gate] + w["bias"][gate] for gate in range(len(cell.gates))])[:, None]
        silent = torch.zeros(1, protocol.batch_size, N_UNITS)
        state, history = (silent,) * cell.n_states, []
        for t in range(task.timing.n_steps):
            state = cell.step(drive[:, :, t], w["recurrent"][None], state)
            history.append(state[0][0])
        logits = torch.stack(history) @ w["readout"] + w["readout_bias"]
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), y.flatten())
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(list(w.values()), protocol.gradient_norm)
        optimiser.step()
    return time.process_time() - cpu, time.perf_counter() - wall


def product_speed() -> float:
    """Flops per second of one thread in the batched product of the steps."""
    torch.set_num_threads(1)
    a, b, out = (torch.randn(N_SEEDS, 64, 64) for _ in range(3))
    for _ in range(1000):
        torch.bmm(a, b, out=out)
    began = time.process_time()
    for _ in range(5000):
        torch.bmm(a, b, out=out)
    return 5000 * N_SEEDS * 2 * 64**3 / (time.process_time() - began)


def flops(architecture: str, task_name: str) -> float:
    """Of the products of one update of one network: forward once, backward twice (the inputs need no gradient)."""
    task, gates = make_task(task_name), len(make_cell(architecture).gates)
    per_step = gates * N_UNITS * (3 * N_UNITS + 2 * (task.n_inputs + 1)) + 3 * N_UNITS * task.n_actions
    return 2.0 * per_step * LearningProtocol().batch_size * task.timing.n_steps


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--updates", type=int, default=15)
    parser.add_argument("--tasks", nargs="+", default=list(TASKS))
    parser.add_argument("--wall", action="store_true")
    chosen = parser.parse_args()
    n, speed = chosen.updates, max(product_speed() for _ in range(REPEATS))
    print(f"batched 64 x 64 product, one thread: {speed / 1e9:.0f} GFLOP/s")
    print("CPU ms per network and update")
    print(f"{'':11s}{'user':>9s}{'autograd':>9s}{'ours':>9s}{'ratio':>7s}{'share':>7s}")
    sums, walls, shares = np.zeros(3), np.zeros(2), {}
    with ProcessPoolExecutor(2) as pool:
        for architecture in ARCHITECTURES:
            for task in chosen.tasks:
                user = min(train_as_a_user(architecture, task, n, 1)[0] for _ in range(REPEATS)) / n
                other = quickest(architecture, task, n, True)
                ours = quickest(architecture, task, n, False)
                share = flops(architecture, task) / speed / ours
                shares.setdefault(architecture, []).append(share)
                sums += user, other, ours
                print(
                    f"{architecture:6s}{task:5s}{1e3 * user:9.1f}{1e3 * other:9.1f}{1e3 * ours:9.1f}"
                    f"{user / ours:7.1f}{share:7.0%}",
                    flush=True,
                )
                if chosen.wall:
                    jobs = [pool.submit(train_ours, architecture, task, n, first, False) for first in (0, N_SEEDS)]
                    walls[1] += max(job.result()[1] for job in jobs) / (2 * n * N_SEEDS)
                    walls[0] += train_as_a_user(architecture, task, n, 2)[1] / n
    print(f"the groups together: {sums[0] / sums[2]:.1f} times the user's loop, {sums[1] / sums[2]:.1f} times autograd")
    print("share of the limit: " + ", ".join(f"{name} {np.mean(of):.0%}" for name, of in shares.items()))
    if chosen.wall:
        print(f"by the clock, two threads in total: {walls[0] / walls[1]:.1f} times the user's loop")


if __name__ == "__main__":
    main()
