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
    chart.add_xml_filter(_without_scripts)
    chart.x_labels = list(figures)
    chart.add("seconds", [round(one.mean, 1) for one in figures.values()], formatter=lambda value: f"{value:g} s")
    chart.add(
        "hundredths of a cent",
        [round(one.usd * 10_000, 2) for one in figures.values()],
        formatter=lambda value: f"{value:g}",
    )
    target.write_bytes(chart.render())


def _without_scripts(svg: Any) -> Any:
    """Return the picture alone: a page that shows it as an image runs no scripts."""
    for parent in list(svg.iter()):
        for script in parent.findall("script"):
            parent.remove(script)
    return svg
