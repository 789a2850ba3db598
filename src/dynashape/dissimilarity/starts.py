"""Where alignments start: matched eigenvectors with their signs chosen, then random rotations of the matched frames."""

from __future__ import annotations

import torch

from dynashape.seeds import stream


def choose_signs(K: torch.Tensor) -> torch.Tensor:
    """Signs s (batch, n) that make s'Ks large: the leading eigenvector rounded, then single flips until none helps."""
    K = K + K.mT
    K = K - torch.diag_embed(K.diagonal(dim1=1, dim2=2))
    vector = torch.linalg.eigh(K)[1][:, :, -1]
    s = torch.where(vector >= 0, 1.0, -1.0).to(K.dtype)
    for _ in range(4 * K.shape[1]):
        gain = -s * (K * s[:, None, :]).sum(-1)
        best, index = gain.max(1, keepdim=True)
        if not bool((best > 1e-12).any()):
            break
        s = s.scatter(1, index, torch.where(best > 1e-12, -1.0, 1.0).to(K.dtype) * s.gather(1, index))
    return s


def matched(A: torch.Tensor, B: torch.Tensor) -> torch.Tensor:
    """The diagonal start diag(s) for operators that already sit in matching frames, (batch, n, n)."""
    return torch.diag_embed(choose_signs(A * B))


def random_rotations(n_starts: int, n: int, dtype: torch.dtype, device: torch.device) -> torch.Tensor:
    """The same random orthogonal matrices for every pair of this rank, (n_starts, n, n)."""
    draws = torch.from_numpy(stream("align", n).normal(size=(n_starts, n, n)))
    return torch.linalg.qr(draws)[0].to(dtype=dtype, device=device)
