"""The world map: coastlines, places, and copies by age."""

from __future__ import annotations

import numpy as np
import pytest

from labkit import Lab, viz
from labkit.network.places import PLACES
from labkit.viz.coastline import coastlines


def row(colo: str, age: float, stale: bool = False, tier: str = "local") -> dict:
    return {"tier": tier, "colo": colo, "value": "on", "age": age, "stale": stale, "expires_in": 60 - age}


ROWS = [row("LHR", 5), row("SYD", 50, stale=True), row("NRT", 20), row("IAD", 300, tier="central")]


def labels(picture: viz.Picture) -> list[str]:
    return [text.get_text() for text in picture.figure.axes[0].get_legend().get_texts()]


def test_coastlines_are_lines_on_the_globe_that_never_cross_the_whole_map():
    lines = coastlines()
    points = np.concatenate(lines)
    assert len(lines) > 100 and len(points) > 3000
    assert np.abs(points[:, 0]).max() <= 180.01 and np.abs(points[:, 1]).max() <= 90
    assert max(np.abs(np.diff(line[:, 0])).max() for line in lines) <= 90


@pytest.mark.parametrize(("name", "longitude", "latitude"), [
    ("Land's End", -5.2, 50.1), ("Cape Agulhas", 19.8, -34.7), ("Cape Horn", -67.5, -55.5), ("Cape York", 142.5, -10.9),
])  # fmt: skip
def test_known_capes_are_on_the_coast(name, longitude, latitude):
    points = np.concatenate(coastlines())
    assert np.hypot(points[:, 0] - longitude, points[:, 1] - latitude).min() < 1.0


def test_copies_are_counted_by_shape_and_only_those_of_the_places_themselves():
    picture = viz.age_map(ROWS)
    assert labels(picture) == [f"no copy ({len(PLACES) - 3})", "fresh copy (2)", "stale copy (1)"]
    assert picture.alt == "World map of places. 3 of 339 places hold a copy; 1 of the copies are stale"


def test_places_are_drawn_where_they_are_in_the_colour_of_their_age():
    _, _, fresh, stale = viz.age_map(ROWS, oldest=60).figure.axes[0].collections
    assert fresh.get_offsets().tolist() == [[PLACES[c].longitude, PLACES[c].latitude] for c in ("LHR", "NRT")]
    assert fresh.get_array().tolist() == [5, 20] and stale.get_array().tolist() == [50]
    assert stale.get_clim() == (0, 60)


def test_a_map_without_copies_can_be_drawn():
    assert viz.age_map([]).render().startswith(b"\x89PNG")


def test_a_labs_own_copies_can_be_drawn():
    lab = Lab(kv=["FLAGS"])
    lab.run(lab.env("LHR").FLAGS.put("k", "1"))
    lab.run(lab.env("SYD").FLAGS.get("k"))
    lab.run(lab.advance(2))
    lab.run(lab.env("LHR").FLAGS.put("k", "2"))
    picture = viz.age_map(lab.kv("FLAGS").copies("k"), lab)
    assert "1 of 339 places hold a copy; 1 of the copies are stale" in picture.alt
    assert picture.caption.endswith("s after the lab's start.")


def test_a_ripple_is_up_to_four_maps_on_one_scale():
    picture = viz.ripple([(1, ROWS), (20, ROWS[:1]), (61, [])])
    titles = [axes.get_title(loc="left") for axes in picture.figure.axes[:4]]
    assert titles == ["1 s: 1 of 3 copies stale", "20 s: 0 of 1 copies stale", "61 s: 0 of 0 copies stale", ""]
    assert "after 1 s, 1 of 3 are stale" in picture.alt
    assert picture.render()
