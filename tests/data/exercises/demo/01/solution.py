from __future__ import annotations


def double(x):
    # Twice, not squared.
    return 2 * x
