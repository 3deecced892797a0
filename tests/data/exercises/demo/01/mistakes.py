from __future__ import annotations

from labkit.grading.mistakes import mistake

MISTAKES = [
    mistake(
        "squares",
        fails=["twice"],
        believes="Twice is the same as squared.",
        diagnosis="This squares its argument: 2 is the one number whose double is its square.",
        replace={"2 * x": "x * x"},
    ),
]
