"""Draws what waiting costs beside how soon the end is seen."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pygal  # type: ignore[import-untyped]
from pygal.style import CleanStyle  # type: ignore[import-untyped]

from benchmarks.detection import Figures


def draw(figures: Mapping[str, Figures], target: Path) -> None:
    """Write the chart of one 40-minute import as SVG."""
    chart = pygal.XY(
        title="One 40-minute import: lower is cheaper, further left is sooner",
        x_title="mean seconds until its end is seen",
        y_title="US cents",
        style=CleanStyle(
            font_family="sans-serif",
            title_font_size=15,
            label_font_size=13,
            major_label_font_size=13,
            legend_font_size=13,
            colors=("#c0392b", "#e67e22", "#2c3e50", "#2980b9", "#7fb3d5"),
        ),
        width=900,
        height=480,
        margin_bottom=50,
        stroke=False,
        dots_size=9,
        logarithmic=True,
        xrange=(1, 100),
        range=(0.0003, 3),
        truncate_legend=-1,
        legend_at_bottom=True,
        legend_at_bottom_columns=3,
        js=(),
        no_prefix=True,
    )
    chart.add_xml_filter(_without_scripts)
    chart.y_labels = [0.001, 0.01, 0.1, 1]
    chart.x_labels = [1, 2, 5, 10, 20, 50, 100]
    for name, one in figures.items():
        chart.add(f"{name}: {one.mean:.1f} s", [(one.mean, one.usd * 100)])
    target.write_bytes(chart.render())


def _without_scripts(svg: Any) -> Any:
    """Return the picture alone: a page that shows it as an image runs no scripts."""
    for parent in list(svg.iter()):
        for script in parent.findall("script"):
            parent.remove(script)
    return svg
