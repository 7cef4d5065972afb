"""The report and what is measured without a clock."""

from pathlib import Path

import pytest

from benchmarks import calls_per_poll, chart
from benchmarks.detection import Figures
from benchmarks.report import Report, Section, Table, Target
from benchmarks.templates import zipped


def test_targets_come_first_and_say_whether_they_are_met() -> None:
    table = Table("Figures", ("", "n"), [["one", "1"]], "A note.")
    targets = [Target("speed", "fast", "faster", met=True), Target("cost", "little", "much", met=False)]
    text = Report([Section("Section", [table], targets)]).markdown()
    assert text.index("## Targets" if "## Targets" in text else "### Targets") < text.index("## Section")
    assert "| speed | fast | faster | met |" in text
    assert "| cost | little | much | **not met** |" in text
    assert "| one | 1 |" in text
    assert "A note." in text


@pytest.mark.parametrize("order", [calls_per_poll.NEW_FIRST, calls_per_poll.OLD_FIRST, calls_per_poll.SHUFFLED])
def test_a_look_takes_two_calls_at_the_most_whatever_the_order(order: str) -> None:
    calls = calls_per_poll.calls(1_000, order)
    assert calls["List"] == 1
    assert calls.total() <= 2


def test_a_folder_is_measured_as_a_zip_file(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("x = 1\n" * 1000, encoding="utf-8")
    assert 0 < zipped(tmp_path) < 1000


def test_the_chart_needs_nothing_from_elsewhere(tmp_path: Path) -> None:
    target = tmp_path / "waiting.svg"
    chart.draw({"this project": Figures((2.5,), 0.0007, 41, 0), "Provider": Figures((2.7,), 0.012, 938, 470)}, target)
    svg = target.read_text(encoding="utf-8")
    assert svg.startswith("<?xml")
    assert "this project" in svg
    assert "<script" not in svg
    assert "href" not in svg.replace('xmlns:xlink="http://www.w3.org/1999/xlink"', "")
