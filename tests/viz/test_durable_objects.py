"""Pictures of Durable Objects by their content."""

from __future__ import annotations

from labkit import viz


def test_the_ceilings_chart_has_a_line_for_each_service_time():
    picture = viz.durable_objects_ceiling(worker=False)
    labels = [text.get_text() for text in picture.figure.axes[0].get_legend().get_texts()]
    assert [f"{ms} ms each: at most {1000 // ms}/s" in labels for ms in (2, 5, 10)] == [True] * 3
    assert "your Worker on the lab" not in labels and "ms to the object's answer" in picture.alt


def test_the_bars_of_shards_add_up_to_all_requests():
    picture = viz.durable_objects_shards(shards=8)
    axes = picture.figure.axes[0]
    heights = [bar.get_height() for bar in axes.patches]
    assert len(heights) == 8 and abs(sum(heights) - 1) < 1e-9
    assert f"{max(heights) * 8:.1f} times the mean" in picture.alt
