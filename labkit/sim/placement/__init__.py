"""Smart placement: running beside the visitor or beside the data."""

from labkit.sim.placement.round_trips import (
    BESIDE_THE_DATA,
    BESIDE_THE_VISITOR,
    SMART,
    mean_answer,
    round_trips,
    share_forwarded,
)

__all__ = ["BESIDE_THE_DATA", "BESIDE_THE_VISITOR", "SMART", "mean_answer", "round_trips", "share_forwarded"]
