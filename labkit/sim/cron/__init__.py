"""Cron Triggers' phenomena: runs that overlap, runs that come twice."""

from labkit.sim.cron.duplicates import duplicates, effects
from labkit.sim.cron.overlap import bounds, overlap, overlapping, skipped, under_way

__all__ = ["bounds", "duplicates", "effects", "overlap", "overlapping", "skipped", "under_way"]
