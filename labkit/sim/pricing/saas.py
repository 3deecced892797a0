"""The guide's SaaS, a month of it: on this platform, and on the stack in one region that it is said to replace.

Here: one Worker with sessions in KV, data in D1, files in R2, thumbnails through a Queue. There: servers behind a load
balancer, PostgreSQL, Redis, S3 behind a CDN or not, SQS, and Lambda for the thumbnails, in two zones each; and two NAT
gateways, which the guide does not name and servers without public addresses need. There a server only signs downloads,
which S3 or the CDN sends; here the Worker sends them. The region's stack has a floor that is paid before the first user
comes; the platform's has a fee of $5. As users come, what decides is what they do, so `Usage` is the place to argue.
The chat over documents is left out: nothing in the other stack does that, and its price is the model's.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from labkit import billing, facts
from labkit.errors import LabError
from labkit.facts.table import Rows, Table
from labkit.sim.pricing import platform, region, storage
from labkit.sim.workers.costs import lambda_month

HEADINGS = ("part", "here", "$ here", "in a region", "$ in a region")


@dataclass(frozen=True)
class Usage:
    """What one user does in a month, on average. Every figure is an assumption: put yours.

    Of `requests`, a share `writes` changes `rows_written` rows (indexes included), the others read `rows_read`.
    Each request reads its session; `logins` write one. Files are `uploads` of `upload_mb`, and `downloads` of
    `download_mb`; other answers have `answer_kb`. `peak` is the busiest hour's rate over the mean.
    """

    requests: float = 600
    cpu_ms: float = 4
    writes: float = 0.1
    rows_read: float = 30
    rows_written: float = 3
    logins: float = 4
    session_kb: float = 0.2
    row_kb: float = 0.5
    uploads: float = 2
    upload_mb: float = 2
    thumbnail_cpu_ms: float = 150
    downloads: float = 100
    download_mb: float = 0.5
    answer_kb: float = 5
    months_kept: float = 12
    peak: float = 4

    @property
    def gb_downloaded(self) -> float:
        """GB of files sent to the user."""
        return self.downloads * self.download_mb / 1000

    @property
    def gb_answered(self) -> float:
        """GB of other answers sent to the user."""
        return self.requests * self.answer_kb / 1e6

    @property
    def gb_sessions(self) -> float:
        """GB of sessions kept."""
        return self.logins * self.session_kb / 1e6

    @property
    def cpu_ms_in_all(self) -> float:
        """ms of computing for requests, and 1 ms for each file that comes or goes; thumbnails apart."""
        return self.requests * self.cpu_ms + self.downloads + self.uploads

    @property
    def gb_files(self) -> float:
        """GB of files kept."""
        return self.uploads * self.upload_mb / 1000 * self.months_kept

    @property
    def gb_rows(self) -> float:
        """GB of rows kept."""
        return self.requests * self.writes * self.row_kb / 1e6 * self.months_kept


class Month(Rows):
    """A month of both stacks, a row a part. `here` and `region` are the totals in US dollars."""

    users: float = 0

    @property
    def here(self) -> float:
        return sum(row["$ here"] for row in self)

    @property
    def region(self) -> float:
        return sum(row["$ in a region"] for row in self)

    def table(self) -> Table:
        """The rows in words, with the totals and how many times dearer the region's stack is."""
        rows = [tuple(_words(row[heading]) for heading in HEADINGS) for row in self]
        total = ("total", "", _words(self.here), f"{self.region / self.here:.1f} times as much", _words(self.region))
        head = f"{self.users:,.0f} users, US dollars a month"
        return Table([HEADINGS, *rows, total], right=(2, 4), head=head, foot=FOOT)


FOOT = (
    "List prices of us-east-1 and of the paid plan, on the days that their facts name. Left out on both sides: AI, "
    "logs, support and the people who run it. Left out in the region: discounts for commitment, disks of servers, "
    "public addresses, traffic between zones. Assumed: what a user does; servers compute 60 % of the time at the peak; "
    "a database carries 500 rows written/s; NAT gateways, which the guide does not name."
)


def saas_month(users: float, usage: Usage | None = None, *, cdn: bool = False) -> Month:
    """A month of the SaaS with `users` users, line by line on both sides; `cdn` puts CloudFront before S3."""
    if users <= 0:
        raise LabError(f"{users:g} users: say a number above 0")
    each = usage or Usage()
    here, there = here_by_part(users, each), region_by_part(users, each, cdn)
    month = Month({"part": part, "here": here[part][0], "$ here": here[part][1], "in a region": there[part][0],
                   "$ in a region": there[part][1]} for part in here)  # fmt: skip
    month.users = users
    return month


def units(users: float, each: Usage) -> dict[str, float]:
    """What the platform bills of a month, by meter."""
    requests, uploads = users * each.requests, users * each.uploads
    downloads, writes = users * each.downloads, users * each.requests * each.writes
    return {
        "workers.requests": requests + downloads + uploads + uploads / 10,  # a batch of ten thumbnails is an invocation
        "workers.cpu_ms": users * each.cpu_ms_in_all + uploads * each.thumbnail_cpu_ms,
        "kv.read": requests + downloads + uploads, "kv.write": users * each.logins,
        "kv.storage_gb_mo": users * each.gb_sessions,
        "d1.rows_read": (requests - writes) * each.rows_read, "d1.rows_written": writes * each.rows_written,
        "d1.storage_gb_mo": users * each.gb_rows,
        "r2.std.storage_gb_mo": users * each.gb_files, "r2.std.class_a": 2 * uploads,
        "r2.std.class_b": downloads + uploads, "r2.egress_gb": users * each.gb_downloaded,
        "queues.operations": 3 * uploads,
    }  # fmt: skip


def here_by_part(users: float, each: Usage) -> dict[str, tuple[str, float]]:
    """What does each part here, and its dollars."""
    bill = billing.price({meter: used for meter, used in units(users, each).items() if used})

    def line(words: str, *prefixes: str) -> tuple[str, float]:
        return words, platform.exactly(bill, *prefixes)

    databases = max(1, ceil(users * each.gb_rows * 1e9 / facts.value("d1.database_bytes", plan="paid")))
    return {
        "code": line("Workers, and the plan's fee", "Workers Paid", "workers."),
        "database": line("D1" if databases == 1 else f"D1, {databases} databases", "d1."),
        "sessions": line("KV", "kv."), "files": line("R2", "r2.std."),
        "thumbnails": line("a Queue (their CPU is under code)", "queues."), "sent out": line("free", "r2.egress"),
        "the way in": ("part of the platform", 0.0),
    }  # fmt: skip


def region_by_part(users: float, each: Usage, cdn: bool) -> dict[str, tuple[str, float]]:
    """What does each part in a region, and its dollars, everything that must not fail twice."""
    used, uploads, downloads = units(users, each), users * each.uploads, users * each.downloads
    asked = users * each.requests + downloads + uploads
    servers = region.servers_for(region.per_s(users * each.cpu_ms_in_all) * each.peak, 1.0, least=2)
    files, answers = users * each.gb_downloaded, users * each.gb_answered
    written, read = (region.per_s(used["d1.rows_" + how]) * each.peak for how in ("written", "read"))
    databases = region.databases_for(written, read)
    sent = region.cloudfront(files, downloads) + region.egress(answers) if cdn else region.egress(files + answers)
    gets = downloads * (1 - storage.HITS if cdn else 1) + uploads
    sessions = users * each.gb_sessions
    thumbnail = lambda_month(uploads, each.thumbnail_cpu_ms, 1024)
    return {
        "code": (f"{servers} EC2 t3.medium", region.hours("t3_medium_hour", servers)),
        "database": (f"RDS PostgreSQL, {databases} db.t4g.medium, each with a standby",
                     databases * region.database("medium", users * each.gb_rows / databases, standby=True)),
        "sessions": (f"ElastiCache, {region.redis_nodes(sessions)} cache.t4g.micro", region.redis(sessions)),
        "files": ("S3", region.s3(users * each.gb_files, 2 * uploads, gets)),
        "thumbnails": ("SQS, and Lambda of 1 GB", region.queue(uploads) + thumbnail),
        "sent out": ("CloudFront, and the answers" if cdn else "data transfer out", sent),
        "the way in": ("a load balancer, 2 NAT gateways",
                       region.balancer(region.per_s(asked), answers) + region.nat(2, 0)),
    }  # fmt: skip


def _words(cell: str | float) -> str:
    return cell if isinstance(cell, str) else f"{cell:,.2f}"
