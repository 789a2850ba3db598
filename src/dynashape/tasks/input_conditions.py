"""What drives a network: its task's input, or a surrogate that keeps some of its properties and destroys others.

The study's `noise` condition differs from the task's input in mean, variance, time course and trial structure at once.
The series in between says which of them matters.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from jaxtyping import Float

from dynashape.errors import InputError, unknown_name
from dynashape.records import Array
from dynashape.tasks.noise import gaussian_noise

INPUT_CONDITION_DESCRIPTIONS: Mapping[str, str] = MappingProxyType(
    {
        "task": "the task's own input, unchanged",
        "gaussian": "independent Gaussian noise with the same standard deviation in every channel and step",
        "variance_matched": "independent Gaussian noise about zero, with the variance of the task's input in each "
        "channel",
        "phase_randomised": "the task's input with the phases of its Fourier components drawn at random in each trial "
        "and channel, which keeps mean and power spectrum but no time course",
        "trial_shuffled": "the task's input with its channels drawn from different trials, which keeps every time "
        "course but not what belongs together",
        "zero": "no input at all",
    }
)
"""What drives a network in each input condition, in the words of a report."""
INPUT_CONDITIONS: tuple[str, ...] = tuple(INPUT_CONDITION_DESCRIPTIONS)
"""The names of the input conditions: the task's own input, and what can stand in its place."""


def drive(
    kind: str, inputs: Float[Array, "trials steps channels"], rng: np.random.Generator, sd: float = 1.0
) -> Float[Array, "trials steps channels"]:
    """Make the input of one condition from a batch of a task's input.

    Parameters
    ----------
    kind : str
        The input condition, one of `INPUT_CONDITIONS`; see Notes.
    inputs : array of shape (trials, steps, channels)
        The task's input.
    rng : numpy.random.Generator
        The stream from which everything is drawn.
    sd : float, default 1.0
        The standard deviation of the noise at each step, not scaled by the time step; used by ``gaussian`` alone.

    Returns
    -------
    array of shape (trials, steps, channels)
        A new array in float32.

    Raises
    ------
    InputError
        For an unknown kind, a negative `sd` or inputs that are not finite.

    Notes
    -----
    - ``task``: a copy of the input.
    - ``gaussian``: noise that is independent in every trial, step and channel, with mean 0 and standard deviation `sd`.
      This is the noise of the published study.
    - ``variance_matched``: as ``gaussian``, but each channel has the variance that it has over all trials and steps.
      The mean stays 0, so that against ``gaussian`` only the variance changes; a constant channel stays silent.
    - ``phase_randomised``: the Fourier phases are drawn anew in every trial and channel apart. The mean over time and
      the power spectrum stay exactly; the time course is lost, and so is what channels share.
    - ``trial_shuffled``: the trials of every channel are permuted, each channel by itself. The time courses of every
      channel and their distribution over trials stay exactly; what belongs together in a trial (context and evidence,
      one shape and the next) is lost. Steps are not shuffled.
    - ``zero``: zeros.

    Examples
    --------
    >>> x = np.ones((2, 3, 1), dtype=np.float32)
    >>> drive("zero", x, np.random.default_rng(0)).tolist()
    [[[0.0], [0.0], [0.0]], [[0.0], [0.0], [0.0]]]
    """
    if kind not in INPUT_CONDITIONS:
        raise InputError(unknown_name("input condition", kind, INPUT_CONDITIONS))
    if not (np.isfinite(sd) and sd >= 0):
        raise InputError(f"sd of input condition {kind!r} must be a standard deviation of at least 0; got {sd}.")
    if not np.isfinite(inputs).all():
        raise InputError(
            f"inputs of input condition {kind!r} must be finite; got NaN or infinity; check the task that sampled them."
        )
    if kind == "task":
        return inputs.astype(np.float32)
    if kind == "gaussian":
        noise = gaussian_noise(inputs.shape, rng)
        noise *= np.float32(sd)
        return noise
    if kind == "variance_matched":
        noise = gaussian_noise(inputs.shape, rng)
        noise *= np.std(inputs, axis=(0, 1), dtype=np.float64).astype(np.float32)
        return noise
    if kind == "phase_randomised":
        return _randomise_phases(inputs, rng)
    if kind == "trial_shuffled":
        order = rng.random((inputs.shape[0], inputs.shape[2])).argsort(axis=0)
        return np.asarray(np.take_along_axis(inputs, order[:, None, :], axis=0), dtype=np.float32)
    return np.zeros(inputs.shape, dtype=np.float32)


def _randomise_phases(
    inputs: Float[Array, "trials steps channels"], rng: np.random.Generator
) -> Float[Array, "trials steps channels"]:
    n_trials, n_steps, n_channels = inputs.shape
    spectrum = np.fft.rfft(inputs, axis=1)
    turn = np.exp(2j * np.pi * rng.random((n_trials, spectrum.shape[1], n_channels)))
    turn[:, 0] = 1  # the mean over time
    if n_steps % 2 == 0:
        # A real signal's highest frequency has no phase, only a sign; irfft would drop the imaginary part, and power.
        turn[:, -1] = rng.choice([-1.0, 1.0], size=(n_trials, n_channels))
    surrogate = np.fft.irfft(spectrum * turn, n=n_steps, axis=1)
    return np.asarray(surrogate, dtype=np.float32)
