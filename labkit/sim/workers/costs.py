"""What waiting costs: a month of Workers, billed for computing, against Lambda, billed for memory while it runs.

Workers: the paid plan's fee, requests, and milliseconds of CPU beyond what the plan includes (`labkit.billing`).
Lambda: requests, and GB-seconds of memory times wall time (`labkit/facts/aws_lambda.toml`), without its free tier.
Neither counts what stands in front: a load balancer or an API gateway, or data sent out.
"""

from __future__ import annotations

from labkit import billing, facts
from labkit.errors import LabError


def workers_month(requests: float, cpu_ms: float) -> float:
    """US dollars for a month on the paid plan; `cpu_ms` is that of each request."""
    return float(billing.price({"workers.requests": requests, "workers.cpu_ms": requests * cpu_ms}).total)


def lambda_month(requests: float, wall_ms: float, memory_mb: float = 128) -> float:
    """US dollars for a month of one function; `wall_ms`, that of each request, is computing and waiting together."""
    least = facts.value("aws_lambda.least_memory_mb")
    if requests < 0 or wall_ms < 0 or memory_mb < least:
        raise LabError(f"{requests:g} requests of {wall_ms:g} ms with {memory_mb:g} MB: say 0 or more, and {least} MB")
    millions = requests / 1e6
    gb_seconds = wall_ms / 1000 * memory_mb / 1024
    calls = millions * facts.value("aws_lambda.dollars_per_million_requests")
    return calls + millions * gb_seconds * facts.value("aws_lambda.dollars_per_million_gb_seconds")


def break_even_ms(requests: float, cpu_ms: float, memory_mb: float = 128) -> float:
    """The wall time of a request in ms at which both cost the same."""
    dear_by = workers_month(requests, cpu_ms) - lambda_month(requests, 0, memory_mb)
    return dear_by / (lambda_month(requests, 1, memory_mb) - lambda_month(requests, 0, memory_mb))
