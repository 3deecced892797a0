"""What a month costs in one region of AWS: each service as a plain function, in US dollars.

Prices and steps are facts (`labkit/facts/aws.toml`, `aws_lambda.toml`), on demand, in us-east-1, beyond what is free in
the first year. Discounts for a commitment of one or three years (about a third to a half off servers and databases)
are left out, as are support, logs, and traffic between zones.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from labkit import facts
from labkit.errors import LabError


def price(name: str):
    """The figure of AWS's fact `name`."""
    return facts.value(f"aws.{name}")


def tiered(gb: float, steps: Sequence[Sequence[float]]) -> float:
    """US dollars for `gb` by `steps` of (up to so many TB, price a GB): each GB at the price of its own step."""
    if gb < 0:
        raise LabError(f"{gb:g} GB: say 0 or more")
    dollars, below = 0.0, 0.0
    for tb, each in steps:
        top = tb * price("gb_a_tb")
        dollars += max(0.0, min(gb, top) - below) * each
        below = top
    return dollars


def egress(gb: float) -> float:
    """Sent to the Internet from S3, servers or a load balancer. The first 100 GB a month are free."""
    return tiered(max(0.0, gb - price("egress_free_gb")), price("egress"))


def cloudfront(gb: float, requests: float = 0) -> float:
    """Sent to the Internet through the CDN, North America and Europe. The first TB and 10 M requests are free."""
    beyond = max(0.0, gb - price("cloudfront_free_gb"))
    return tiered(beyond, price("cloudfront")) + max(0.0, requests / 1e6 - 10) * price("cloudfront_requests")


def s3(gb_stored: float, puts: float = 0, gets: float = 0) -> float:
    """Stored and asked for; what leaves is `egress` or `cloudfront`."""
    return tiered(gb_stored, price("s3_storage")) + puts / 1e6 * price("s3_puts") + gets / 1e6 * price("s3_gets")


def redis(gb: float) -> float:
    """ElastiCache for so many GB: cache.t4g.micro, as many as hold it, and as many again in another zone."""
    return hours("redis_micro_hour", redis_nodes(gb))


def redis_nodes(gb: float) -> int:
    """How many cache.t4g.micro hold `gb` twice."""
    return 2 * max(1, ceil(gb / price("redis_micro_gb")))


def hours(name: str, count: float = 1) -> float:
    """`count` of something that costs the fact `name` by the hour."""
    return count * price("month_hours") * price(name)


def servers_for(requests_per_s: float, cpu_ms: float, least: int = 1) -> int:
    """How many t3 servers carry that rate without a loan of CPU credits, at most `aws.busy` of it used."""
    return max(least, ceil(requests_per_s * cpu_ms / 1000 / (price("t3_medium_vcpu") * price("busy"))))


def balancer(requests_per_s: float, gb: float) -> float:
    """An Application Load Balancer; every request is a new connection at worst, `gb` go through in the month."""
    by_gb = gb / price("month_hours") / price("lcu_gb_per_hour")
    units = max(requests_per_s / price("lcu_connections_per_s"), by_gb)
    return hours("alb_hour") + hours("alb_lcu_hour", units)


def nat(gateways: int, gb: float) -> float:
    """NAT gateways, through which servers without an address of their own reach the Internet."""
    return hours("nat_hour", gateways) + gb * price("nat_gb")


def database(size: str, gb: float, standby: bool = False) -> float:
    """PostgreSQL on RDS, `size` "micro" or "medium", with at least 20 GB; with a standby everything is there twice."""
    one = hours(f"rds_{size}_hour") + max(gb, price("rds_least_gb")) * price("rds_gb")
    return 2 * one if standby else one


def databases_for(rows_written_per_s: float, rows_read_per_s: float) -> int:
    """How many db.t4g.medium carry that, one at least."""
    work = rows_written_per_s + rows_read_per_s / price("rows_read_a_row_written")
    return max(1, ceil(work / price("rds_medium_rows_per_s")))


def queue(messages: float) -> float:
    """SQS: each message is sent, received and deleted by itself, as by code that does not batch."""
    return max(0.0, 3 * messages - price("sqs_free")) / 1e6 * price("sqs")


def http_api(requests: float) -> float:
    """An HTTP API of API Gateway, which gives a function an address."""
    return requests / 1e6 * price("http_api")


def per_s(requests_a_month: float) -> float:
    """The mean rate of a month's requests, of 30 days."""
    return requests_a_month / price("month_seconds")


def a_month(requests_per_s: float) -> float:
    """The requests of a month, of 30 days."""
    return requests_per_s * price("month_seconds")
