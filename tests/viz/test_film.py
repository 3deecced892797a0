"""Films: the ripple of a write, frame by frame."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from labkit import viz
from labkit.errors import LabError
from labkit.network.places import PLACES

VERMILION = np.array([0xD5, 0x5E, 0x00])


def moment(seconds: float, stale: int, fresh: int) -> tuple[float, list[dict]]:
    codes = list(PLACES)[: stale + fresh]
    return seconds, [{"colo": code, "age": 1.0, "stale": n < stale} for n, code in enumerate(codes)]


FILM = viz.ripple_film([moment(0, 200, 0), moment(30, 90, 110), moment(61, 0, 200)], theory=lambda t: 0.5)


def reddish(frame: Image.Image) -> int:
    """How many pixels have the colour of the old value."""
    pixels = np.array(frame)
    return int((np.abs(pixels[..., :3].astype(int) - VERMILION).sum(axis=-1) < 30).sum())


def test_each_moment_is_a_frame_and_the_old_value_goes():
    colours = [reddish(frame) for frame in FILM.frames]
    assert len(FILM.frames) == 3
    assert colours[0] > 1.5 * colours[1] > 2 * colours[2]


def test_it_is_shown_as_a_film_that_ends_and_says_what_it_shows():
    shown = Image.open(BytesIO(FILM.render()))
    assert (shown.format, shown.n_frames, shown.info["loop"]) == ("WEBP", 3, 3)
    assert 'src="data:image/webp;base64,' in FILM._repr_html_() and f'alt="{FILM.alt}"' in FILM._repr_html_()
    assert FILM.alt.endswith("200 at 0 s, 90 at 30 s, 0 at 61 s.")


def test_a_film_is_saved_and_a_frame_of_it_is_a_picture(tmp_path):
    assert Image.open(FILM.save(tmp_path / "film.webp")).size == FILM.frames[0].size
    assert FILM.frame(1).startswith(b"\x89PNG")


@pytest.mark.parametrize("count", [1, 121])
def test_a_film_of_one_frame_or_of_too_many_is_refused(count):
    with pytest.raises(LabError, match=f"{count} frames: a film has 2 to 120"):
        viz.ripple_film([moment(n, 1, 1) for n in range(count)])


def test_a_slider_goes_through_the_frames():
    widget = viz.widgets.film(FILM)
    (play, slider), shown = widget.children[0].children, widget.children[1]
    first = shown.value
    slider.value = 2
    assert (play.max, slider.max) == (2, 2)
    assert shown.value != first and shown.value.startswith("<figure")


def test_the_film_of_kv_goes_on_until_no_place_has_the_old_value():
    film = viz.kv_film(cache_ttl=90, reads_per_s=0.05, pops=200)
    assert len(film.frames) == 32
    assert film.alt.endswith("0 at 93 s.") and "frames: places that hold the old value" in film.alt
