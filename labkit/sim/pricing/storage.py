"""R2 against S3: what it costs to keep files and to send them out, and how much leaving costs.

A GB in R2 costs two thirds of one in S3, which is the smaller difference: what is read out to the Internet costs
nothing from R2 and 5 to 9 cents a GB from S3. `through_worker` adds the requests of the Worker that serves R2's files;
a bucket on a domain of its own needs none.
"""

from __future__ import annotations

from labkit.errors import LabError
from labkit.sim.pricing import platform, region

HITS = 0.9
"""Assumed: the share of requests that CloudFront answers from its caches."""


def r2_month(gb_stored: float, reads: float, writes: float = 0, gb_out: float = 0, *, through_worker: bool = False,
             cpu_ms: float = 1.0) -> float:  # fmt: skip
    """US dollars for a month of R2, by operations; `gb_out` is on the bill as a line of $0.00."""
    units = {"r2.std.storage_gb_mo": gb_stored, "r2.std.class_a": writes, "r2.std.class_b": reads,
             "r2.egress_gb": gb_out}  # fmt: skip
    if through_worker:
        units |= {"workers.requests": reads, "workers.cpu_ms": reads * cpu_ms}
    return platform.month(units, with_fee=through_worker)


def s3_month(gb_stored: float, reads: float, writes: float = 0, gb_out: float = 0) -> float:
    """US dollars for a month of S3 that serves the Internet itself."""
    return region.s3(gb_stored, writes, reads) + region.egress(gb_out)


def cloudfront_month(gb_stored: float, reads: float, writes: float = 0, gb_out: float = 0, hits: float = HITS) -> float:
    """US dollars for a month of S3 behind CloudFront, which answers a share of `hits` from its caches."""
    if not 0 <= hits <= 1:
        raise LabError(f"hits={hits:g}: a share between 0 and 1")
    return region.s3(gb_stored, writes, reads * (1 - hits)) + region.cloudfront(gb_out, reads)


def leaving(gb: float) -> dict[str, float]:
    """US dollars to read every one of `gb` out once, by list price and provider; operations are left out.

    Since 2024 AWS lets who closes an account, and asks first, take the files out for nothing; who stays pays this.
    """
    return {"S3": region.egress(gb), "R2": platform.month({"r2.egress_gb": gb}, with_fee=False)}
