"""The map of D1's reads by its content."""

from __future__ import annotations

import pytest

from labkit import viz
from labkit.network.places import PLACES
from labkit.sim import d1


def labels(axes) -> list[str]:
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_the_map_has_every_place_and_says_what_reads_take_without_and_with_replicas():
    picture = viz.d1_map("FRA")
    alone, replicated = picture.figure.axes[:2]
    for axes, count in ((alone, 0), (replicated, 6)):
        dots = [each for each in axes.collections if each.get_array() is not None]
        times = d1.read_ms_at(count, primary="FRA", places=list(PLACES))
        assert sum(len(each.get_offsets()) for each in dots) == len(PLACES) == times.size
        assert sorted(ms for each in dots for ms in each.get_array()) == pytest.approx(sorted(times))
        assert f"within 100 ms ({(times <= 100).sum()})" in labels(axes)
        assert f"{times.mean():.0f} ms on average" in axes.get_title("left") and f"{times.mean():.0f} ms" in picture.alt
    assert "instances (1)" in labels(alone) and "instances (7)" in labels(replicated)


def test_a_primary_at_the_place_of_a_replica_is_one_instance_of_six():
    assert "instances (6)" in labels(viz.d1_map("IAD").figure.axes[1])
