"""What things cost on the platform and elsewhere: files that are read, code that runs, databases of tenants."""

from __future__ import annotations

from labkit.viz.costs import PRICES, Curve, cost_curves, in_words
from labkit.viz.picture import Picture


def egress_costs(stored_gb: float = 1000, object_mb: float = 0.5) -> Picture:
    """A month of files against the GB that are sent out: R2 through a Worker, S3, and S3 behind CloudFront."""
    from labkit.sim.pricing import cloudfront_month, r2_month, s3_month

    def reads(gb: float) -> float:
        return gb * 1000 / object_mb

    curves: dict[str, Curve] = {
        "R2, through a Worker": lambda gb: r2_month(stored_gb, reads(gb), gb_out=gb, through_worker=True),
        "S3": lambda gb: s3_month(stored_gb, reads(gb), gb_out=gb),
        "S3 behind CloudFront": lambda gb: cloudfront_month(stored_gb, reads(gb), gb_out=gb),
    }
    return cost_curves(
        curves, 1, 1e6, x="GB sent out a month", unit="GB",
        title=f"{in_words(stored_gb, 'GB')} kept, files of {in_words(object_mb, 'MB')}",
        caption=f"{PRICES} Assumed of CloudFront: nine of ten requests are answered from its caches.",
    )  # fmt: skip


def cpu_io_costs(requests: float = 100_000_000, wall_ms: float = 200) -> Picture:
    """A month against the share of each request's time in which it computes: Workers, and Lambda of three sizes.

    Requests take `wall_ms`. Left they wait for others (I/O-bound), right they compute all the while (CPU-bound).
    """
    from labkit.sim.workers import lambda_month, workers_month

    def on_lambda(memory_mb: float) -> Curve:
        return lambda _: lambda_month(requests, wall_ms, memory_mb)

    curves: dict[str, Curve] = {"Workers": lambda percent: workers_month(requests, percent / 100 * wall_ms)}
    curves |= {f"Lambda, {memory} MB": on_lambda(memory) for memory in (128, 512, 1024)}
    return cost_curves(
        curves, 0.5, 100, x="% of a request's time in which it computes", unit="%", against="Workers",
        title=f"{in_words(requests)} requests a month, {wall_ms:g} ms each",
        caption=f"{PRICES} Assumed: computing takes as long on Lambda whatever its memory; no API before it.",
    )  # fmt: skip


def hosting_costs(cpu_ms: float = 7, wall_ms: float = 100) -> Picture:
    """A month against the request rate: Workers, a container that sleeps, Lambda behind an API, servers always on."""
    from labkit.sim import pricing

    curves: dict[str, Curve] = {
        "Workers": lambda rate: pricing.by_workers(rate, cpu_ms),
        "Containers, basic": lambda rate: pricing.by_containers(rate, cpu_ms, wall_ms),
        "Lambda and HTTP API": lambda rate: pricing.by_lambda(rate, cpu_ms, wall_ms),
        "t3.small always on": lambda rate: pricing.by_server(rate, cpu_ms),
    }
    return cost_curves(
        curves, 1e-4, 1000, x="requests/s, the month over", unit="a second",
        title=f"Requests of {wall_ms:g} ms, {cpu_ms:g} of them computing",
        caption=f"{PRICES} Assumed: servers and containers compute 60 % of the time at most; containers sleep after "
                "600 s; requests are spread by chance, the same night and day; Lambda has 128 MB.",
    )  # fmt: skip


def tenant_costs(gb: float = 0.05, rows_read: float = 1_000_000) -> Picture:
    """A month of databases against the number of tenants, each with `gb` of data, who read `rows_read`."""
    from labkit.sim import pricing

    each = {"gb": gb, "rows_read": rows_read}
    curves: dict[str, Curve] = {
        "a D1 database each": lambda tenants: pricing.d1_month(tenants, **each),
        "an RDS instance each": lambda tenants: pricing.rds_each_month(tenants, **each),
        "RDS, shared": lambda tenants: pricing.rds_shared_month(tenants, **each),
    }
    return cost_curves(
        curves, 1, 1e5, x="tenants", unit="tenants",
        title=f"Databases of {in_words(gb, 'GB')}, {in_words(rows_read)} rows read a month each",
        caption=f"{PRICES} Assumed: 10,000 rows written each; a shared db.t4g.medium and its standby carry 500 rows "
                "written/s, or a hundred times as many read.",
    )  # fmt: skip


def saas_costs(requests: float = 600, downloads: float = 100) -> Picture:
    """A month of the guide's SaaS against its users, each with so many requests and `downloads` of half a MB."""
    from labkit.sim.pricing import Usage, saas_month

    each = Usage(requests=requests, downloads=downloads)
    curves: dict[str, Curve] = {
        "here": lambda users: saas_month(users, each).here,
        "in one region": lambda users: saas_month(users, each).region,
        "in one region, behind a CDN": lambda users: saas_month(users, each, cdn=True).region,
    }
    return cost_curves(
        curves, 10, 1e7, x="users", unit="users",
        title=f"{requests:g} requests and {downloads:g} downloads a user and month",
        caption=f"{PRICES} Assumed of a user: sim.pricing.Usage. Each part: sim.pricing.saas_month(10_000).",
    )  # fmt: skip
