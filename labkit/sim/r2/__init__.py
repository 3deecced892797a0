"""R2's phenomena: one home for each bucket, its domains' cached copies, and the tier beside it."""

from labkit.sim.r2.domain import cached, hit_ratio, old_share, overwritten
from labkit.sim.r2.home import HOMES, answered_within, home
from labkit.sim.r2.tiers import tiers, upper_hit_ratio

__all__ = [
    "HOMES", "answered_within", "cached", "hit_ratio", "home", "old_share", "overwritten", "tiers",
    "upper_hit_ratio",
]  # fmt: skip
