"""The bill of each way to run code: Workers by what they compute, containers and Lambda by how long they are there,
a server by the hour.

All do the same: `requests_per_s` (Poisson, the month over), of which each computes for `cpu_ms` and takes `wall_ms` in
all. Theory only: sums of rates times prices, exact; what is random in it is `labkit.sim.workers.awake`. Egress,
databases and the second server that an operator would want are left out on every side.
"""

from __future__ import annotations

from functools import partial
from math import ceil

from labkit import facts
from labkit.errors import LabError
from labkit.sim.pricing import platform, region
from labkit.sim.workers.awake import SLEEP_AFTER, awake_share
from labkit.sim.workers.costs import lambda_month

INSTANCES = ("lite", "basic", "standard_1", "standard_2", "standard_3", "standard_4")


def by_workers(requests_per_s: float, cpu_ms: float, wall_ms: float = 0) -> float:
    """Workers: the plan's fee, requests, and CPU time beyond what it includes. `wall_ms` costs nothing."""
    requests = region.a_month(requests_per_s)
    return platform.month({"workers.requests": requests, "workers.cpu_ms": requests * cpu_ms})


def by_containers(
    requests_per_s: float, cpu_ms: float, wall_ms: float, instance: str = "basic", sleep_after: float = SLEEP_AFTER
) -> float:
    """Containers on the platform: memory and disk while they are awake, vCPU as used, and the way to them.

    As many as the rate needs share it at random. A request passes a Worker and the container's Durable Object, which is
    billed while there is any request, however many at once: it is awake as a container is that sleeps at once.
    """
    vcpu, gib, gb = size_of(instance)
    requests, count = region.a_month(requests_per_s), containers_for(requests_per_s, cpu_ms, instance)
    each, seconds = partial(awake_share, requests_per_s / count, wall_ms / 1000), count * region.price("month_seconds")
    awake, busy = seconds * float(each(sleep_after)), seconds * float(each(0.0))
    return platform.month({
        "workers.requests": requests, "workers.cpu_ms": requests * facts.value("workers.cpu_base_ms"),
        "do.requests": requests, "do.duration_gb_s": busy * facts.value("durable_objects.billed_memory_gb"),
        "containers.mem_gib_s": awake * gib, "containers.disk_gb_s": awake * gb,
        "containers.vcpu_s": requests * cpu_ms / 1000,
    })  # fmt: skip


def by_lambda(requests_per_s: float, cpu_ms: float, wall_ms: float, memory_mb: float = 128) -> float:
    """Lambda behind an HTTP API: requests twice, and memory for as long as each takes. `cpu_ms` is part of that."""
    requests = region.a_month(requests_per_s)
    return lambda_month(requests, max(cpu_ms, wall_ms), memory_mb) + region.http_api(requests)


def by_server(requests_per_s: float, cpu_ms: float, wall_ms: float = 0) -> float:
    """Servers that are always on, t3.small, as many as the computing needs; behind a load balancer from two on."""
    count = region.servers_for(requests_per_s, cpu_ms)
    front = region.balancer(requests_per_s, 0) if count > 1 else 0.0
    return region.hours("t3_small_hour", count) + front


def containers_for(requests_per_s: float, cpu_ms: float, instance: str) -> int:
    """How many instances the computing needs, at most `aws.busy` of their vCPU used."""
    return max(1, ceil(requests_per_s * cpu_ms / 1000 / (size_of(instance)[0] * region.price("busy"))))


def size_of(instance: str) -> tuple[float, float, float]:
    """vCPU, GiB of memory and GB of disk of an instance type, such as "basic" or "standard_1"."""
    if instance not in INSTANCES:
        raise LabError(f"There is no instance type {instance!r}: say one of {', '.join(INSTANCES)}.")
    return facts.value(f"containers.{instance}")


def break_even_share(wall_ms: float, memory_mb: float = 128) -> float:
    """The share of a request's time up to which computing is cheaper on Workers than on Lambda, beyond allowances.

    Workers bill c ms of computing at $0.02 a million, Lambda w ms of presence at $16.67 a million GB-seconds, and
    requests differ by ten cents: c / w = (16.67 m w / 1000 - 0.10) / (0.02 w). At 128 MB about a tenth, at 1 GB five
    sixths. 0 where a request is so short that its own price decides; it can exceed 1, where Workers are always cheaper.
    """
    presence = wall_ms / 1000 * memory_mb / 1024 * facts.value("aws_lambda.dollars_per_million_gb_seconds")
    requests = 1e6 * platform_price("workers.requests") - facts.value("aws_lambda.dollars_per_million_requests")
    return max(0.0, (presence - requests) / (1e6 * platform_price("workers.cpu_ms") * wall_ms))


def platform_price(meter: str) -> float:
    """US dollars for one unit of a meter, beyond what is included."""
    return platform.month({meter: 1_000_000}, with_fee=False, with_allowances=False) / 1e6
