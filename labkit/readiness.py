"""The readiness code: what `labkit doctor` found, in five letters that a learner can read out to an instructor.

25 bits: which checks failed (8), Python's minor version counted from 3.11 (3), the system (2), the hash of the lists of
packages (8), and a check on the rest (4), five at a time in Crockford's base 32, which has no I, L, O or U.
"""

from __future__ import annotations

import hashlib
import platform
import sys
from dataclasses import dataclass

from labkit.errors import LabError
from labkit.where import CONSTRAINTS, PYPROJECT

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SYSTEMS = ("Linux", "Darwin", "Windows", "another system")
WIDTHS = {"failed": 8, "python": 3, "system": 2, "lists": 8}


@dataclass(frozen=True)
class Readiness:
    """What a code says: failed checks as bits, Python 3.(11 + n), the system's index, the lists' hash."""

    failed: int
    python: int
    system: int
    lists: int

    @property
    def code(self) -> str:
        """READY-XXXXX, or REPAIR-XXXXX where a check failed."""
        bits = 0
        for field, width in WIDTHS.items():
            bits = bits << width | getattr(self, field)
        bits = bits << 4 | _check(bits)
        letters = "".join(ALPHABET[bits >> shift & 31] for shift in range(20, -1, -5))
        return f"{'REPAIR' if self.failed else 'READY'}-{letters}"


def of_this_machine(failed: int) -> Readiness:
    """The readiness of this machine, given its failed checks as bits."""
    system = platform.system()
    index = SYSTEMS.index(system) if system in SYSTEMS else len(SYSTEMS) - 1
    return Readiness(failed, min(sys.version_info.minor - 11, 7), index, hash_of_lists())


def hash_of_lists() -> int:
    """Eight bits of the two lists of packages: the same for all who have the same version of the workbook."""
    return hashlib.sha256(PYPROJECT.read_bytes() + CONSTRAINTS.read_bytes()).digest()[0]


def decode(code: str) -> Readiness:
    """What a code says. Refuses a code that was misread."""
    letters = code.strip().upper().rpartition("-")[2].translate(str.maketrans("ILO", "110"))
    if len(letters) != 5 or not set(letters) <= set(ALPHABET):
        raise LabError(f"{code!r} is no readiness code: it has five letters or digits after the dash, as READY-3F7AK.")
    bits = 0
    for letter in letters:
        bits = bits << 5 | ALPHABET.index(letter)
    bits, check = bits >> 4, bits & 15
    if check != _check(bits):
        raise LabError(f"{code!r} was misread: a letter in it is wrong.")
    return Readiness(**_fields(bits))


def explain(code: str, names: list[str]) -> str:
    """What a code says, in a sentence; `names` are the checks in the order of their bits."""
    said = decode(code)
    lists = "this version" if said.lists == hash_of_lists() else "another version"
    failed = [name for bit, name in enumerate(names) if said.failed >> bit & 1]
    found = f"failed: {', '.join(failed)}" if said.failed else "everything works"
    return f"Python 3.{said.python + 11} on {SYSTEMS[said.system]}, {lists} of the workbook; {found}."


def _check(bits: int) -> int:
    return hashlib.sha256(bits.to_bytes(4, "big")).digest()[0] & 15


def _fields(bits: int) -> dict[str, int]:
    fields = {}
    for field, width in reversed(WIDTHS.items()):
        fields[field] = bits & (1 << width) - 1
        bits >>= width
    return fields
