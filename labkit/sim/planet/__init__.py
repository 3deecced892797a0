"""The planet under load: a learner's Worker, visitors by the thousand, faults.

    planet = Planet(lab, traffic=FlashCrowd(50, at=30), seconds=120, faults=[Kill("SIN", at=60, until=90)])
    results = planet.run()
    results.sql("select place, quantile_cont(seconds, 0.99) from requests group by place")

Beside it, phenomena of traffic in three views: `saturation`, `crowd`, `day`.
"""

from labkit.sim.planet.arrivals import Arrivals, Diurnal, FlashCrowd, Poisson
from labkit.sim.planet.crowd import cold_share, crowd
from labkit.sim.planet.day import day, per_hour
from labkit.sim.planet.faults import Kill, Loss, Partition, Slow, SlowPrimary
from labkit.sim.planet.planet import Planet
from labkit.sim.planet.results import Results
from labkit.sim.planet.saturation import saturation
from labkit.sim.planet.users import ClosedLoop

__all__ = [
    "Arrivals", "ClosedLoop", "Diurnal", "FlashCrowd", "Kill", "Loss", "Partition", "Planet", "Poisson", "Results",
    "Slow", "SlowPrimary", "cold_share", "crowd", "day", "per_hour", "saturation",
]  # fmt: skip
