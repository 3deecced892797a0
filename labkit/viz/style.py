"""How every picture looks: legible on JupyterLab's light and dark page, and to readers who see fewer colours.

The page shows through. Text and axes are a grey with the same contrast (4.3) to white and to the dark theme's
black; the hues are Okabe and Ito's that keep at least 3 on both. Shape and words repeat what a colour says.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any

GREY = "#7a7a7a"
FAINT = "#7a7a7a59"
BLUE, VERMILION, GREEN, PURPLE = "#0072b2", "#d55e00", "#009e73", "#c0679a"
SERIES = (BLUE, VERMILION, GREEN, PURPLE)
WIDTH_INCHES = 8.0

RC: Any = {
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "legend.facecolor": "none",
    "legend.frameon": False,
    "text.color": GREY,
    "axes.labelcolor": GREY,
    "axes.edgecolor": GREY,
    "axes.titlecolor": GREY,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 10.5,
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "lines.linewidth": 1.8,
    "svg.hashsalt": "labkit",
}


@contextmanager
def styled():
    """Matplotlib with the workbook's looks, and as it was afterwards."""
    from matplotlib import rc_context

    with rc_context(RC):
        yield


def figure(height: float = 4.2, rows: int = 1, columns: int = 1, **options: Any) -> tuple[Any, Any]:
    """A figure as wide as a notebook's cell, `height` inches high, and its axes. Pyplot does not know it."""
    from matplotlib.figure import Figure

    made = Figure(figsize=(WIDTH_INCHES, height), layout="constrained")
    return made, made.subplots(rows, columns, **options)


def colour_of_age():
    """Matplotlib's colours from fresh to old: the middle of viridis, whose ends vanish on one of the two pages."""
    from matplotlib import colormaps
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("age", colormaps["viridis"].reversed()([0.1, 0.3, 0.5, 0.65, 0.75]))
