"""Draws the dashboard of examples/dashboard.py, after a week in the embedded AWS: part of ``make pictures``.

CloudWatch draws dashboards itself; here its widgets' metrics are read as it reads them, and drawn by pygal.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pygal  # type: ignore[import-untyped]
from pygal.style import CleanStyle  # type: ignore[import-untyped]

from local_aws.deploy import run_cdk
from local_aws.server import LocalAws

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "pages" / "assets" / "dashboard.svg"
DAYS = 7
DAY = 24 * 3600.0
SIZE = (440, 300)
SVG = "http://www.w3.org/2000/svg"


def main() -> None:
    """Deploy the example, let a week go by, and draw its dashboard."""
    with LocalAws(speed=60) as aws:
        app = f"{sys.executable} {ROOT / 'examples' / 'dashboard.py'}"
        run_cdk(aws, "bootstrap", f"aws://{aws.account}/{aws.region}")
        if run_cdk(aws, "deploy", "--require-approval", "never", "--app", app):
            sys.exit(1)
        a_week(aws)
        PICTURE.write_text(picture(aws, "with-dashboard"), encoding="utf-8")


def a_week(aws: LocalAws) -> None:
    """Let days go by. The file grows from day to day, and on the fourth one it is broken."""
    s3 = aws.client("s3")
    bucket = next(found["Name"] for found in s3.list_buckets()["Buckets"] if found["Name"].startswith("withdashboard"))
    items = (ROOT / "data" / "items.csv").read_bytes()
    for day in range(DAYS):
        body = items.replace(b"CATEGORY", b"KIND") if day == DAYS // 2 else items
        metadata = {"local-aws-import-seconds": str(360 + 45 * day)}
        s3.put_object(Bucket=bucket, Key="items.csv", Body=body, Metadata=metadata)
        aws.timers.pass_time(DAY)


def picture(aws: LocalAws, dashboard: str) -> str:
    """Return the picture of a dashboard: one chart for each of its widgets, side by side."""
    body = json.loads(aws.client("cloudwatch").get_dashboard(DashboardName=dashboard)["DashboardBody"])
    ElementTree.register_namespace("", SVG)
    width, height = SIZE
    count = len(body["widgets"])
    whole = ElementTree.Element(f"{{{SVG}}}svg", {"viewBox": f"0 0 {width * count} {height}"})
    for number, widget in enumerate(body["widgets"]):
        one = ElementTree.fromstring(chart(aws, widget["properties"]).render())
        one.attrib |= {"x": str(number * width), "width": str(width), "height": str(height)}
        whole.append(one)
    return ElementTree.tostring(whole, encoding="unicode") + "\n"


def chart(aws: LocalAws, widget: dict[str, Any]) -> Any:
    """Return the chart of one widget."""
    series = [(metric[1], list(values(aws, metric))) for metric in widget["metrics"]]
    colors = [metric[-1].get("color", "#2980b9") for metric in widget["metrics"]]
    drawn = pygal.StackedBar(
        title=widget["title"],
        y_title="" if len(series) > 1 else "seconds",
        style=CleanStyle(font_family="sans-serif", title_font_size=15, colors=colors),
        width=SIZE[0],
        height=SIZE[1],
        legend_at_bottom=True,
        truncate_label=-1,
        js=(),
    )
    # It tells the charts' styles apart, in one file.
    drawn.uuid = widget["title"].replace(" ", "-")
    drawn.x_labels = ["" if number % 4 else f"day {number // 4 + 1}" for number in range(DAYS * 4)]
    if len(series) > 1:
        drawn.y_labels = (0, 1)
    for name, points in series:
        drawn.add(name, points)
    drawn.add_xml_filter(_without_scripts)
    return drawn


def values(aws: LocalAws, metric: Sequence[Any]) -> Iterator[float | None]:
    """Read a metric of a widget, in CloudWatch's own form: namespace, name, dimensions, options.

    See https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
    """
    namespace, name, *pairs, options = metric
    dimensions = [{"Name": key, "Value": value} for key, value in zip(pairs[::2], pairs[1::2], strict=True)]
    period, statistic = options["period"], options.get("stat", "Average")
    end = aws.clock.now().replace(minute=0, second=0, microsecond=0)
    for number in range(int(DAYS * DAY / period), 0, -1):
        start = end - timedelta(seconds=number * period)
        found = aws.client("cloudwatch").get_metric_statistics(
            Namespace=namespace,
            MetricName=name,
            Dimensions=dimensions,
            StartTime=start,
            EndTime=start + timedelta(seconds=period),
            Period=period,
            Statistics=[statistic],
        )["Datapoints"]
        yield found[0][statistic] if found else None


def _without_scripts(svg: Any) -> Any:
    """Return the picture alone: a page that shows it as an image runs no scripts."""
    for parent in list(svg.iter()):
        for script in parent.findall("script"):
            parent.remove(script)
    return svg


if __name__ == "__main__":
    main()
