"""R2's phenomena: one home for each bucket, and its domains' cached copies."""

from labkit.sim.r2.domain import cached, hit_ratio, old_share, overwritten
from labkit.sim.r2.home import HOMES, answered_within, home

__all__ = ["HOMES", "answered_within", "cached", "hit_ratio", "home", "old_share", "overwritten"]
