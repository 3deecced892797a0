"""Vectorize's phenomena: what was written is not yet found, for how long, and what it takes to ask until it is."""

from labkit.sim.vectorize.jobs import idle_share, mean_lag, unfound_share
from labkit.sim.vectorize.lag import lag
from labkit.sim.vectorize.polling import looks, polling
from labkit.sim.vectorize.visibility import visibility

__all__ = ["idle_share", "lag", "looks", "mean_lag", "polling", "unfound_share", "visibility"]
