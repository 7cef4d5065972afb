"""Runs every measurement, prints the report, and writes it to the documentation, beside a chart."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from benchmarks import calls_per_poll, chart, cold_start, csv_files, day, detection, preflight, templates
from benchmarks.report import Report

_PAGES = Path(__file__).parents[1] / "docs" / "pages" / "how-it-works"


def main() -> None:
    """Measure; a target that is missed is no error."""
    began = time.monotonic()

    def say(what: str) -> None:
        print(f"{time.monotonic() - began:5.0f} s  {what}", file=sys.stderr)

    say("cold start")
    starts = cold_start.medians()
    speeds = cold_start.speeds(starts)
    say("waiting for an import")
    waiting, forty = detection.measure(speeds)
    say("template, asset and synth time")
    synths = templates.measure()
    say("a day of imports, calls per look, preflight")
    sections = [
        waiting,
        day.measure(speeds),
        cold_start.section(starts),
        synths,
        calls_per_poll.measure(),
        preflight.measure(),
    ]
    say("checking local files")
    report = Report([*sections, csv_files.measure()])
    (_PAGES / "figures.md").write_text(report.markdown(), encoding="utf-8")
    chart.draw(forty, _PAGES / "waiting.svg")
    print(report.markdown())
    say(f"written to {_PAGES / 'figures.md'}")


if __name__ == "__main__":
    main()
