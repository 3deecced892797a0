"""The Cache API's phenomena: copies at each place, in tiers, and what is thrown out for room."""

from labkit.sim.cache.eviction import eviction
from labkit.sim.cache.max_age import caching, hit_ratio
from labkit.sim.cache.pages import mixture, popularity

__all__ = ["caching", "eviction", "hit_ratio", "mixture", "popularity"]
