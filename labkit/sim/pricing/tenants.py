"""One database per tenant: what N customers cost as N databases, and as schemas of one.

D1 bills rows and storage of the account, whoever they belong to: a database that nobody asks costs its GB and no more.
An instance of RDS costs its hours, asked or not. One shared instance is cheap as well, and its tenants share its
connections, its noisy neighbour, its one region and its restore.

A tenant is `gb` of data, `rows_read` and `rows_written` a month. Exact sums; nothing in it is random.
"""

from __future__ import annotations

from labkit import facts
from labkit.errors import LabError
from labkit.sim.pricing import platform, region


def d1_month(tenants: float, *, gb: float = 0.05, rows_read: float = 1e6, rows_written: float = 1e4) -> float:
    """US dollars for a month of `tenants` D1 databases. Refuses more `gb` than one database may hold."""
    if gb * 1e9 > facts.value("d1.database_bytes", plan="paid"):
        raise LabError(f"{gb:g} GB a tenant: one D1 database holds up to "
                       f"{facts.value('d1.database_bytes', plan='paid') / 1e9:g} GB")  # fmt: skip
    return platform.month({"d1.rows_read": tenants * rows_read, "d1.rows_written": tenants * rows_written,
                           "d1.storage_gb_mo": tenants * gb})  # fmt: skip


def rds_each_month(tenants: float, *, gb: float = 0.05, rows_read: float = 1e6, rows_written: float = 1e4) -> float:
    """US dollars for a month of an RDS instance for each tenant: the smallest there is, in one zone."""
    return tenants * region.database("micro", gb)


def rds_shared_month(tenants: float, *, gb: float = 0.05, rows_read: float = 1e6, rows_written: float = 1e4) -> float:
    """US dollars for a month of shared RDS instances, db.t4g.medium with a standby, as many as the rows need."""
    count = region.databases_for(region.per_s(tenants * rows_written), region.per_s(tenants * rows_read))
    return count * region.database("medium", tenants * gb / count, standby=True)
