"""Data that hasn't changed isn't checked again; what is kept is safe to lose, and trusted only where it can be read."""

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import pytest
from shop import DATASET_ARN, Shop

from cdk_personalize_import import DataSource, ImportMode
from cdk_personalize_import._data import verdicts
from cdk_personalize_import._data.verdicts import MOST_KEPT, NO_CACHE, Verdict
from personalize_csv import check_import

HEADER = "USER_ID,ITEM_ID,TIMESTAMP\n"
RIGHT = HEADER + "u,i,1596238243\n" * 1000
ODD = HEADER.lower() + '"u","i",1596238243\n' * 1000
WRONG = HEADER + "u,i,1596238243\n"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv(NO_CACHE)
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name, **_: tmp_path / "cache" / name)
    return tmp_path / "cache" / "cdk-personalize-import" / "verdicts"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "interactions.csv"
    file.write_text(RIGHT)
    return file


@pytest.fixture
def checked() -> Iterator[mock.Mock]:
    """How often data was checked."""
    with mock.patch("cdk_personalize_import._data.data_rules.check_import", side_effect=check_import) as spy:
        yield spy


def synth(path: Path, dataset_arn: str = DATASET_ARN, import_mode: ImportMode = ImportMode.FULL) -> list[str]:
    shop = Shop()
    shop.job(dataset_arn=dataset_arn, data_source=DataSource.from_local_path(path), import_mode=import_mode)
    return list(shop.warnings().values())


def test_unchanged_data_is_checked_once(cache: Path, file: Path, checked: mock.Mock) -> None:
    file.write_text(RIGHT.replace("1596238243", '"1596238243"'))
    assert [synth(file), synth(file)] == [[], []]
    assert checked.call_count == 1
    assert len(list(cache.iterdir())) == 1


def test_warnings_and_errors_are_kept(cache: Path, file: Path, checked: mock.Mock) -> None:
    schema = '{"fields": [{"name": "USER_ID", "type": "string"}, {"name": "AGE", "type": "int"}]}'

    def warnings() -> dict[str, str]:
        shop = Shop()
        dataset = shop.dataset("Users", schema)
        shop.job(dataset_arn=dataset.attr_dataset_arn, data_source=DataSource.from_local_path(file))
        return shop.warnings()

    file.write_text("USER_ID,AGE\nu,30\nu,old\n")
    first = warnings()
    assert "'old'" in str(first)
    assert warnings() == first
    file.write_text("USER_ID\nu\n")
    for _ in range(2):
        with pytest.raises(ValueError, match="lacks the column AGE"):
            warnings()
    assert checked.call_count == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda file: synth(file, import_mode=ImportMode.INCREMENTAL),
        lambda file: synth(file, dataset_arn=DATASET_ARN.replace("INTERACTIONS", "USERS")),
        lambda file: (file.write_text(RIGHT + "u,i,5\n"), synth(file)),
        lambda file: synth(file.rename(file.with_name("renamed.csv"))),
    ],
    ids=["import mode", "type", "content", "name"],
)
def test_what_a_verdict_depends_on(
    cache: Path, file: Path, checked: mock.Mock, change: Callable[[Path], object]
) -> None:
    synth(file)
    change(file)
    assert checked.call_count == 2


def test_other_rules_or_another_schema_make_another_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    assert verdicts.key("a", "b") != verdicts.key("a", "c")
    before = verdicts.key("a")
    monkeypatch.setattr(verdicts, "_rules", lambda: "other rules")
    assert verdicts.key("a") != before


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff", b"[]", b"{}", b'{"key": "other", "errors": [], "warnings": []}', b'{"errors": [5]}', None],
)
def test_what_cannot_be_read_is_not_trusted(cache: Path, file: Path, checked: mock.Mock, content: bytes | None) -> None:
    file.write_text(WRONG)
    with pytest.raises(ValueError, match="1 interactions"):
        synth(file)
    [kept] = cache.iterdir()
    kept.unlink()
    if content is None:
        kept.mkdir()
    else:
        kept.write_bytes(content)
    with pytest.raises(ValueError, match="1 interactions"):
        synth(file)
    assert checked.call_count == 2


def test_of_the_right_key_with_other_contents_nothing_is_trusted(cache: Path) -> None:
    verdicts.keep("k", Verdict([], ["w"]))
    assert verdicts.kept("k") == Verdict([], ["w"])
    (cache / "k.json").write_text('{"key": "k", "errors": [], "warnings": "w"}')
    assert verdicts.kept("k") is None


def test_a_folder_that_cannot_be_written_is_done_without(cache: Path, file: Path, checked: mock.Mock) -> None:
    cache.parent.parent.write_text("a file where the folder would be")
    assert [synth(file), synth(file)] == [[], []]
    assert checked.call_count == 2


def test_it_can_be_switched_off(cache: Path, file: Path, checked: mock.Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    synth(file)
    monkeypatch.setenv(NO_CACHE, "1")
    synth(file)
    assert checked.call_count == 2


def test_it_is_bounded_and_private(cache: Path) -> None:
    for number in range(MOST_KEPT + 5):
        verdicts.keep(f"k{number}", Verdict([], []))
        os.utime(cache / f"k{number}.json", (number, number))
    assert verdicts.kept("k0") is None
    assert verdicts.kept(f"k{MOST_KEPT + 4}") == Verdict([], [])
    # The newest is not counted as old before its time is set.
    assert len(list(cache.iterdir())) <= MOST_KEPT + 1
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in cache.iterdir()} == {0o600}


def test_a_write_that_fails_half_way_leaves_nothing_to_trust(cache: Path) -> None:
    with mock.patch("pathlib.Path.replace", side_effect=OSError("no space")):
        verdicts.keep("k", Verdict([], []))
    assert verdicts.kept("k") is None


def test_the_data_is_read_once_for_its_hash(file: Path, checked: mock.Mock) -> None:
    reads = []
    original = Path.open

    def opened(self: Path, *arguments: object, **options: object) -> object:
        if self == file:
            reads.append(arguments)
        return original(self, *arguments, **options)  # type: ignore[call-overload]

    with mock.patch.object(Path, "open", opened):
        synth(file)
    # Once for the hash, once for the check.
    assert len(reads) == 2
