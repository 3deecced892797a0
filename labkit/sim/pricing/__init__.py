"""Prices as phenomena: the month's bill here and in a region, break-even curves, what leaving costs."""

from labkit.sim.pricing.bill import bill, expected_bill
from labkit.sim.pricing.egress import egress, expected_egress
from labkit.sim.pricing.hosting import break_even_share, by_containers, by_lambda, by_server, by_workers
from labkit.sim.pricing.saas import Month, Usage, saas_month
from labkit.sim.pricing.shop import Kind
from labkit.sim.pricing.storage import cloudfront_month, leaving, r2_month, s3_month
from labkit.sim.pricing.tenants import d1_month, rds_each_month, rds_shared_month

__all__ = [
    "Kind", "Month", "Usage", "bill", "break_even_share", "by_containers", "by_lambda", "by_server", "by_workers",
    "cloudfront_month", "d1_month", "egress", "expected_bill", "expected_egress", "leaving", "r2_month",
    "rds_each_month", "rds_shared_month", "s3_month", "saas_month",
]  # fmt: skip
