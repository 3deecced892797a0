"""CRCs that Python's zlib has not, without a loop over every byte: the AWS CLI sends CRC-64/NVME with all it uploads.

A CRC is the remainder of a polynomial with coefficients 0 and 1, which here is an integer whose lowest bit belongs to
the highest power. The first half of a long one is worth the same as its product with a short remainder, nearer to the
end: a few dozen shifts of one big integer take the place of a million steps.
"""

from __future__ import annotations

from functools import cache

SHORT = 256
"""Bytes below which the plain loop is as fast."""


def crc(data: bytes, polynomial: int, bits: int) -> int:
    """The CRC of this reversed polynomial: its bits run from the lowest, it starts from ones and ends inverted."""
    ones, size = (1 << bits) - 1, len(data)
    if size > SHORT:
        data = _folded(int.from_bytes(data, "little") ^ ones, size, polynomial, bits)
    table, rest = _table(polynomial), 0 if size > SHORT else ones
    for byte in data:
        rest = table[(rest ^ byte) & 0xFF] ^ (rest >> 8)
    return rest ^ ones


def _folded(value: int, size: int, polynomial: int, bits: int) -> bytes:
    """A few bytes with the remainder of the `size` bytes in `value`, whose first half is folded onto the rest."""
    while size > SHORT:
        head = size // 2 - bits // 8
        tail = size - head
        first, value = value & ((1 << 8 * head) - 1), value >> 8 * head
        factor = _power(8 * tail, polynomial, bits) << 1  # a product has one bit less than both its factors
        product = 0
        for bit in range(bits + 1):
            if factor >> bit & 1:
                product ^= first << bit
        value ^= product << 8 * (tail - head) - bits
        size = tail
    return value.to_bytes(size, "little")


def _power(exponent: int, polynomial: int, bits: int) -> int:
    """The remainder of x to a power."""
    result, square = 1 << bits - 1, 1 << bits - 2
    while exponent:
        if exponent & 1:
            result = _times(result, square, polynomial)
        square, exponent = _times(square, square, polynomial), exponent >> 1
    return result


def _times(one: int, other: int, polynomial: int) -> int:
    """The remainder of a product of two remainders."""
    product, mask = 0, 1 << polynomial.bit_length() - 1
    while mask:
        if one & mask:
            product ^= other
        other, mask = (other >> 1) ^ (polynomial if other & 1 else 0), mask >> 1
    return product


@cache
def _table(polynomial: int) -> list[int]:
    table = []
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ (polynomial if value & 1 else 0)
        table.append(value)
    return table
