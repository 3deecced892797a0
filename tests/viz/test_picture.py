"""Pictures: the same bytes every time, words for those who do not see them, legible on both themes."""

from __future__ import annotations

import re

import matplotlib
import pytest

from labkit.viz import style
from labkit.viz.picture import Picture
from labkit.viz.style import figure, styled

PAGES = {"light": "#ffffff", "dark": "#111111"}


def picture(alt: str = "a line", caption: str = "") -> Picture:
    with styled():
        chart, axes = figure(height=1.5)
        axes.plot([0, 1], [0, 1], label="line")
        axes.set_title("A line")
    return Picture(chart, alt, caption)


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    dark, light = sorted((luminance(a), luminance(b)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("format", ["png", "svg"])
def test_the_same_data_give_the_same_bytes(format):
    assert picture().render(format) == picture().render(format)


def test_a_picture_has_alt_text_that_cannot_break_out_of_its_html():
    html = picture('5 > 4 & "quoted"', "a <b>caption</b>")._repr_html_()
    assert 'alt="5 &gt; 4 &amp; &quot;quoted&quot;"' in html
    assert "<figcaption>a &lt;b&gt;caption&lt;/b&gt;</figcaption>" in html
    assert re.search(r'src="data:image/png;base64,iVBOR', html)


def test_without_a_caption_there_is_no_empty_one():
    assert "figcaption" not in picture()._repr_html_()


def test_a_picture_is_saved_in_the_format_of_its_name(tmp_path):
    assert picture().save(tmp_path / "p.png").read_bytes().startswith(b"\x89PNG")
    assert b"<svg" in picture().save(tmp_path / "p.svg").read_bytes()


def test_in_a_terminal_a_picture_is_its_words():
    assert repr(picture("a line that rises")) == "<Picture: a line that rises>"


def test_the_page_shows_through():
    from io import BytesIO

    from matplotlib.image import imread

    pixels = imread(BytesIO(picture().render()))
    assert (pixels[..., 3] == 0).mean() > 0.8


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_text_and_lines_stand_out_on_both_pages(page):
    assert contrast(style.GREY, page) > 4
    assert all(contrast(colour, page) > 3 for colour in style.SERIES)


def test_matplotlib_is_left_as_it_was():
    before = dict(matplotlib.rcParams)
    picture().render()
    assert dict(matplotlib.rcParams) == before
