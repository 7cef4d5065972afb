"""Draws what waiting costs beside how soon the end is seen."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pygal  # type: ignore[import-untyped]
from pygal.style import CleanStyle  # type: ignore[import-untyped]

from benchmarks.detection import Figures


def draw(figures: Mapping[str, Figures], target: Path) -> None:
    """Write the chart of one 40-minute import as SVG."""
    chart = pygal.Bar(
        title="One 40-minute import: mean seconds until its end is seen, and cost in hundredths of a cent",
        style=CleanStyle(font_family="sans-serif", title_font_size=15, label_font_size=13, value_font_size=13),
        width=900,
        height=420,
        logarithmic=True,
        print_values=True,
        show_y_labels=False,
        legend_at_bottom=True,
        js=(),
        no_prefix=True,
        pretty_print=True,
    )
    chart.x_labels = list(figures)
    chart.add("seconds", [round(one.mean, 1) for one in figures.values()], formatter=lambda value: f"{value:g} s")
    chart.add(
        "hundredths of a cent",
        [round(one.usd * 10_000, 2) for one in figures.values()],
        formatter=lambda value: f"{value:g}",
    )
    target.write_bytes(chart.render())
