from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree

from dynashape.dissimilarity.alignment.canonical_form import canonicalise, follow_tree


@pytest.mark.parametrize("n", [1, 2, 3, 17, 60])
def test_signs_make_the_strongest_spanning_tree_positive(n: int) -> None:
    rng = np.random.default_rng(n)
    coupling = rng.normal(size=(3, n, n))
    coupling = coupling + coupling.swapaxes(1, 2)
    signs = follow_tree(coupling)
    assert (np.abs(signs) == 1.0).all()
    assert (signs[:, 0] == 1.0).all()
    for couplings, found in zip(coupling, signs, strict=True):
        strength = np.abs(couplings)
        np.fill_diagonal(strength, 0.0)
        # The strongest tree is the least of these costs; scipy takes a cost of zero for no edge.
        tree = minimum_spanning_tree(np.where(strength > 0.0, strength.max() + 1.0 - strength, 0.0))
        order, parents = breadth_first_order(tree, 0, directed=False)
        expected = np.ones(n)
        for node in order[1:]:
            expected[node] = expected[parents[node]] * np.sign(couplings[node, parents[node]])
        np.testing.assert_array_equal(found, expected)


# Not 2: the square of a traceless 2 x 2 matrix is a multiple of the identity, which has no eigenbasis of its own.
@pytest.mark.parametrize("n", [3, 7, 30])
def test_the_canonical_form_does_not_depend_on_the_basis(n: int) -> None:
    rng = np.random.default_rng(n)
    A = rng.normal(size=(n, n))
    Q = np.linalg.qr(rng.normal(size=(n, n)))[0]
    ours, turned = canonicalise(A), canonicalise(Q @ A @ Q.T)
    np.testing.assert_allclose(turned.unit, ours.unit, atol=1e-10)
    # A frame with all its signs changed turns an operator the same way.
    for frame, other in zip(ours.turns, turned.turns, strict=True):
        np.testing.assert_allclose(other * np.sign(np.sum(other * frame)), frame, atol=1e-8)
    np.testing.assert_allclose(ours.frame.T @ A @ ours.frame / np.linalg.norm(A), ours.unit, atol=1e-12)
