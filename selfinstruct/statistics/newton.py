"""What fits of logistic models share: the sigmoid, and how far a step of Newton's may go."""

from __future__ import annotations

import numpy as np

from selfinstruct.statistics.values import Floats

STEPS = 200
"""More than any fit needs: the damped steps shrink quadratically once they are near."""

SMALL = 1e-10
"""A step below this is the last one: the next would be about its square."""


def sigmoid(logits: Floats) -> Floats:
    """1/(1 + e^−x), without overflow, and exactly so that σ(x) + σ(−x) = 1 but for a last bit."""
    return np.asarray((1 + np.tanh(logits / 2)) / 2)


def damping(reach: Floats) -> Floats:
    """The part of Newton's step that surely gains: log(1 + r)/r, which tends to 1 as r to 0.

    ``reach`` is the greatest change r ≥ 0 of any logit in the whole step. The logistic loss is
    generalised self-concordant with constant 1 (Bach 2010), for which Sun and Tran-Dinh,
    "Generalized self-concordant functions" (2019), show this step to converge from
    everywhere; no search along the line is needed.
    """
    safe = np.where(reach > 0, reach, 1)
    return np.asarray(np.where(reach > 0, np.log1p(safe) / safe, 1))
