"""Published histories with their verdicts; each is expanded to the very text that was published.

From the test data of Porcupine (MIT, see the licence beside the data), whose logs of etcd come from
`ahorn/linearizability-checker` (Horn and Kroening, FORTE 2015). `tests/data/histories` holds what happened in short:
of process 3, `3?w2` calls a write of 2, `3?r` a read, `3?c12` a compare-and-set from 1 to 2; `3+` and `3-` are the
answers ok and fail, `3+2` and `3+n` what a read gave, `3!` and `3-!` a time-out. Lengths check the transcription.
"""

from __future__ import annotations

import re
from pathlib import Path

DATA = Path(__file__).parents[2] / "data" / "histories"
ETCD = {
    "etcd_000": ("no", 6664), "etcd_002": ("yes", 6065), "etcd_003": ("no", 6737), "etcd_005": ("yes", 6164),
    "etcd_007": ("yes", 6349), "etcd_067": ("yes", 6096), "etcd_099": ("no", 6362), "etcd_101": ("yes", 6835),
}  # fmt: skip
KEY_VALUE = {"c01-ok": ("yes", 7434), "c01-bad": ("no", 4804)}
"""Each one's published verdict and the length of its published text."""
ALIGNED = {"etcd_101"}
"""Logs with spaces where the others have tabs."""
MOMENT = re.compile(r"(\d+)([?+-]|(?=!))(!?)(\w*)")
NAMES = {"r": "read", "w": "write", "c": "cas"}
KINDS = {"?": "invoke", "+": "ok", "-": "fail", "": "info"}


def etcd(name: str) -> str:
    """Jepsen's log."""
    calls: dict[str, str] = {}
    form = "{:<4}:{:<7}:{:<7}{}" if name in ALIGNED else "{}\t:{}\t:{}\t{}"
    lines = [_line(moment, calls, form) for moment in (DATA / f"{name}.txt").read_text("utf-8").split()]
    return "".join(lines)


def _line(moment: str, calls: dict[str, str], form: str) -> str:
    process, kind, late, given = MOMENT.fullmatch(moment).groups()  # pyright: ignore[reportOptionalMemberAccess]
    if kind == "?":
        calls[process] = given
    called = calls[process]
    seen = "nil" if kind == "?" else given.replace("n", "nil")
    value = {"read": seen, "write": called[1:], "cas": f"[{' '.join(called[1:])}]"}
    name = NAMES[called[0]]
    return f"INFO  jepsen.util - {form.format(process, KINDS[kind], name, ':timed-out' if late else value[name])}\n"


def key_value(name: str) -> str:
    """A log of one client, each of whose operations ends before the next."""
    return "".join(_pair(*line.split(" ", 2)) for line in (DATA / f"{name}.txt").read_text("utf-8").splitlines())


def _pair(function: str, key: str, value: str = "") -> str:
    call = "nil" if function == "get" else f'"{value}"'
    lines = (("invoke", call), ("ok", f'"{value}"'))
    return "".join(f'{{:process 0, :type :{kind}, :f :{function}, :key "{key}", :value {given}}}\n'
                   for kind, given in lines)  # fmt: skip
