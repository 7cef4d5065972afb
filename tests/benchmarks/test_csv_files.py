"""The files that checks are measured with."""

from pathlib import Path

import pytest

from benchmarks import csv_files, csv_reader
from benchmarks.csv_files import Figures


@pytest.mark.parametrize("kind", csv_reader.SCHEMAS)
def test_they_are_right_and_as_large_as_they_should_be(kind: str, tmp_path: Path) -> None:
    file = tmp_path / f"{kind}-10000000.csv"
    csv_files.write(file, kind, 10_000_000)
    assert 5_000_000 < file.stat().st_size < 15_000_000
    csv_reader.check(str(file))()


def test_a_way_runs_in_a_process_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "items-1.csv"
    csv_files.write(file, "items", 1)
    found = csv_files.figures("csv_reader", file, rounds=1)
    assert found.seconds > 0
    assert 1 < found.megabytes < 200
    with pytest.raises(RuntimeError, match="csv_reader failed"):
        csv_files.figures("csv_reader", tmp_path / "none.csv", rounds=1)


def test_targets_are_missed_where_it_takes_too_long() -> None:
    fast, slow = Figures(1, 50), Figures(2, 150)
    for check, met in ((fast, True), (slow, False)):
        ways = {"check": check, "csv_reader": fast, "unchanged": check, "sha256": fast}
        targets = csv_files._targets({"interactions, 1 GB": ways})
        assert [target.met for target in targets] == [met] * 3
