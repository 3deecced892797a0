"""CRCs by folding against zlib's, and against the loop over every bit that defines them."""

from __future__ import annotations

import zlib
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from labkit.emulators.r2.s3.crcs import SHORT, crc

CRC32, CRC32C, CRC64NVME = (0xEDB88320, 32), (0x82F63B78, 32), (0x9A6C9329AC4BC9B5, 64)


def defined(data: bytes, polynomial: int, bits: int) -> int:
    rest = (1 << bits) - 1
    for byte in data:
        rest ^= byte
        for _ in range(8):
            rest = (rest >> 1) ^ (polynomial if rest & 1 else 0)
    return rest ^ ((1 << bits) - 1)


@settings(max_examples=30)
@given(st.integers(0, 5 * SHORT), st.integers(0, 9))
@example(SHORT, 0)
@example(SHORT + 1, 0)
def test_a_crc_of_any_length_is_what_it_is_defined_to_be(size, seed):
    data = Random(seed).randbytes(size)
    for polynomial in (CRC32C, CRC64NVME):
        assert crc(data, *polynomial) == defined(data, *polynomial)


@pytest.mark.parametrize("size", [0, 1, SHORT, SHORT + 1, 2 * SHORT + 1, 99_999, 2**20])
def test_a_long_one_is_zlibs(size):
    data = Random(size).randbytes(size)
    assert crc(data, *CRC32) == zlib.crc32(data)
