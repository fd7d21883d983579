"""What a second thread is worth on this machine by itself: plain arithmetic on one thread and on two."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numba import njit

ROUNDS = 100_000_000
"""Some tenths of a second."""


@njit(nogil=True)
def spin(rounds: int) -> np.uint64:
    """Arithmetic that fits into registers: it waits for nothing and shares nothing, memory included."""
    x = np.uint64(88172645463325252)
    for _ in range(rounds):
        x ^= x << np.uint64(13)
        x ^= x >> np.uint64(7)
        x ^= x << np.uint64(17)
    return x


def spin_on(threads: int) -> int:
    """Spin on each of so many threads at once; rounds in all."""
    with ThreadPoolExecutor(max_workers=threads) as pool:
        list(pool.map(spin, [ROUNDS] * threads))
    return ROUNDS * threads
