"""Data beside the app: uploaded on deployment, imported again when it changes, checked at synthesis."""

import json
import re
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from shop import DATASET_ARN, JOB, Resources, Shop, flat

from cdk_personalize_import import DataSource

HEADER = "USER_ID,ITEM_ID,TIMESTAMP"
SCHEMA = json.dumps(
    {
        "type": "record",
        "name": "Interactions",
        "namespace": "com.amazonaws.personalize.schema",
        "fields": [
            {"name": "USER_ID", "type": "string"},
            {"name": "ITEM_ID", "type": "string"},
            {"name": "TIMESTAMP", "type": "long"},
        ],
        "version": "1.0",
    }
)


def interactions(number: int = 1000, header: str = HEADER, timestamp: str = "1700000000") -> str:
    return "\n".join([header, *(f"u{line % 50},i{line % 100},{timestamp}" for line in range(number))]) + "\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.csv").write_text(interactions())
    (tmp_path / "data" / "b.CSV").write_text(interactions())
    (tmp_path / "data" / ".DS_Store").write_bytes(b"\0")
    return tmp_path / "data"


def location(resources: Resources) -> str:
    return str(flat(resources.job["DataLocation"]))


def uploaded(shop: Shop) -> dict[str, str]:
    """Return the files that are uploaded: content by key."""
    assembly = Path(shop.app.synth().directory)
    found = {}
    for asset in assembly.glob("asset.*"):
        for file in asset.rglob("*.[cC][sS][vV]"):
            found[str(file.relative_to(asset))] = file.read_text()
    return found


@pytest.mark.parametrize("absolute", [True, False])
def test_a_file(folder: Path, absolute: bool) -> None:
    shop = Shop()
    path = folder / "a.csv" if absolute else Path("data/a.csv")
    shop.job(data_source=DataSource.from_local_path(str(path)))
    resources = shop.synth()
    [bucket] = resources.ids("AWS::S3::Bucket", "LocalData")
    key = location(resources).removeprefix(f"s3://${{{bucket}}}/")
    assert re.fullmatch(r"\w{10}/\w{10}/a\.csv", key)
    assert uploaded(shop) == {key: interactions()}
    [job] = resources.ids(JOB)
    [deployment] = resources.ids("Custom::CDKBucketDeployment")
    assert deployment in resources.needs(job)
    resources.assert_no_circle()


def test_a_folder(folder: Path) -> None:
    shop = Shop()
    shop.job(data_source=DataSource.from_local_path(folder))
    key = location(shop.synth()).partition("}/")[2]
    assert key.endswith("/")
    assert uploaded(shop).keys() == {f"{key}a.csv", f"{key}b.CSV"}


def test_the_bucket_is_closed_and_goes_with_the_stack(folder: Path) -> None:
    shop = Shop()
    shop.job(data_source=DataSource.from_local_path(folder))
    resources = shop.synth()
    bucket = resources.one("AWS::S3::Bucket", "LocalData")
    assert bucket["DeletionPolicy"] == "Delete"
    assert set(bucket["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
    [encryption] = bucket["Properties"]["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption == {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    statements = resources.properties("AWS::S3::BucketPolicy", "LocalData")["PolicyDocument"]["Statement"]
    denied = [found for found in statements if found["Effect"] == "Deny"]
    assert denied[0]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert len(resources.ids("Custom::S3AutoDeleteObjects")) == 1


def test_sources_of_a_stack_share_bucket_and_deployment(folder: Path) -> None:
    shop = Shop()
    for number, path in enumerate([folder, folder / "a.csv", folder / "b.CSV"]):
        shop.job(f"Job{number}", data_source=DataSource.from_local_path(path))
    resources = shop.synth()
    assert len(resources.ids("AWS::S3::Bucket", "LocalData")) == 1
    assert len(resources.properties("Custom::CDKBucketDeployment")["SourceObjectKeys"]) == 3
    assert len(uploaded(shop)) == 4


def test_one_source_may_serve_two_imports(folder: Path) -> None:
    shop = Shop()
    source = DataSource.from_local_path(folder)
    shop.job("One", data_source=source)
    shop.job("Two", data_source=source)
    assert len(uploaded(shop)) == 4


class TestChange:
    """What a change of the data changes in the template."""

    def synth(self, path: Path) -> Resources:
        shop = Shop()
        shop.job(data_source=DataSource.from_local_path(path))
        return shop.synth()

    def test_new_content_is_imported_again(self, folder: Path) -> None:
        before = self.synth(folder)
        (folder / "a.csv").write_text(interactions(1001))
        after = self.synth(folder)
        assert location(before) != location(after)

    def test_new_content_needs_no_new_permission(self, folder: Path) -> None:
        before = self.synth(folder)
        (folder / "a.csv").write_text(interactions(1001))
        after = self.synth(folder)
        for kind in ("AWS::IAM::Role", "AWS::S3::BucketPolicy"):
            for name in before.ids(kind):
                assert before.all[name] == after.all[name]

    def test_a_new_name_is_imported_again(self, folder: Path) -> None:
        before = self.synth(folder)
        (folder / "a.csv").rename(folder / "c.csv")
        assert location(self.synth(folder)) != location(before)

    @pytest.mark.parametrize("what", ["nothing", "time", "hidden file", "place"])
    def test_the_same_content_is_not_imported_again(self, what: str, folder: Path) -> None:
        before = self.synth(folder)
        if what == "time":
            (folder / "a.csv").touch()
        elif what == "hidden file":
            (folder / ".gitkeep").touch()
        elif what == "place":
            folder = folder.rename(folder.parent / "elsewhere")
        assert self.synth(folder).template == before.template


@pytest.mark.parametrize(
    ("files", "path", "allowed"),
    [
        ({}, "missing.csv", "that is there under "),
        ({}, "/missing/data.csv", "that is there, got"),
        ({"x/": None}, "x", "not an empty one"),
        ({"x/.hidden": b""}, "x", "not an empty one"),
        ({"x/a.txt": b"text"}, "x", "and nothing else, got 'x/a.txt'"),
        ({"x/a.csv": b"A,B\n1,2\n", "x/b.csv.gz": b"\x1f\x8b"}, "x", "and nothing else, got 'x/b.csv.gz'"),
        ({"x/a.csv": b"A,B\n1,2\n", "x/y/b.csv": b"A\n"}, "x", "and nothing else, got 'x/y'"),
        ({"a.txt": b"A,B\n1,2\n"}, "a.txt", "a CSV file (.csv) or a folder of CSV files"),
        ({"a.csv": b""}, "a.csv", "a.csv is empty"),
        ({"a.csv": b"\x1f\x8b\x08"}, "a.csv", "compressed with gzip"),
        ({"a.csv": b"\xff\xfeA\0,\0B\0"}, "a.csv", "UTF-16"),
        ({"a.csv": b"A,\xe4\n1,2\n"}, "a.csv", "not UTF-8"),
        ({"a.csv": b"A,A\n1,2\n"}, "a.csv", "a.csv"),
        ({"k" * 200 + ".csv": b"A,B\n1,2\n"}, "k" * 200 + ".csv", "at most 256 characters"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 40 else "",
)
@pytest.mark.parametrize("preflight", [True, False])
def test_data_that_is_none(
    files: dict[str, Any],
    path: str,
    allowed: str,
    preflight: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        if content is None:
            (tmp_path / name).mkdir()
        else:
            (tmp_path / name).write_bytes(content)
    shop = Shop()
    with pytest.raises(ValueError, match=rf"^Shop/Interactions: path must be .*{re.escape(allowed)}"):
        shop.job(data_source=DataSource.from_local_path(path), preflight=preflight)
    assert [child.node.id for child in shop.stack.node.children] == ["Bucket"]


def test_a_path_of_another_type() -> None:
    with pytest.raises(TypeError, match=r"^path must be a path, got 5"):
        Shop().job(data_source=DataSource.from_local_path(5))  # type: ignore[arg-type]


def test_data_that_is_too_large(tmp_path: Path) -> None:
    with (tmp_path / "a.csv").open("wb") as file:
        file.write(b"A,B\n")
        file.truncate(2**30 + 1)
    with pytest.raises(
        ValueError, match=r"at most 1 GiB; put larger data into a bucket, and use DataSource\.from_bucket"
    ):
        Shop().job(data_source=DataSource.from_local_path(tmp_path / "a.csv"))


class TestRules:
    """The data rules, applied to the whole data when the app makes the dataset's schema."""

    def job(self, path: Path, **arguments: Any) -> Shop:
        shop = Shop()
        dataset = shop.dataset("Interactions", SCHEMA)
        shop.job(dataset_arn=dataset.attr_dataset_arn, data_source=DataSource.from_local_path(path), **arguments)
        return shop

    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        return tmp_path / "interactions.csv"

    def test_right_data(self, file: Path) -> None:
        file.write_text(interactions())
        assert self.job(file).warnings() == {}

    @pytest.mark.parametrize(
        ("content", "finding"),
        [
            (interactions(header="USER_ID,ITEM,TIMESTAMP"), "ITEM_ID"),
            (interactions(999), "999 interactions; expected at least 1000"),
            (interactions(2000) + "u" * 257 + ",i,5\n", "line 2002, column USER_ID, has 257 characters"),
            (interactions(timestamp="1700000000000"), "looks like milliseconds"),
        ],
        ids=["missing column", "too few", "too long in the last line", "milliseconds"],
    )
    def test_wrong_data(self, content: str, finding: str, file: Path) -> None:
        file.write_text(content)
        with pytest.raises(ValueError, match=rf"^Shop/Interactions: path must be data .*{re.escape(finding)}.*, got '"):
            self.job(file)

    def test_can_be_switched_off(self, file: Path) -> None:
        file.write_text(interactions(5))
        self.job(file, preflight=False).synth()

    def test_headers_that_differ(self, tmp_path: Path) -> None:
        (tmp_path / "a.csv").write_text(interactions())
        (tmp_path / "b.csv").write_text(interactions(header="USER_ID,ITEM_ID,WHEN"))
        with pytest.raises(ValueError, match="has other columns than"):
            Shop().job(data_source=DataSource.from_local_path(tmp_path))

    def test_what_may_be_wrong_is_a_warning(self, file: Path) -> None:
        file.write_text(interactions(header="ITEM_ID,USER_ID,TIMESTAMP"))
        [(stable_id, text)] = self.job(file).warnings().items()
        assert stable_id == "cdk-personalize-import:data"
        assert "order" in text

    def test_the_type_is_known_from_a_literal_arn(self, file: Path) -> None:
        file.write_text(interactions(5))
        with pytest.raises(ValueError, match="expected at least 1000"):
            Shop().job(dataset_arn=DATASET_ARN, data_source=DataSource.from_local_path(file))

    @pytest.mark.parametrize(
        "schema", ["no JSON", cdk.Fn.ref("Schema"), '{"fields": []}'], ids=["no JSON", "token", "no fields"]
    )
    def test_a_schema_that_cannot_be_read_is_left_to_personalize(self, schema: str, file: Path) -> None:
        file.write_text(interactions(header="A,B,C"))
        shop = Shop()
        cdk.CfnParameter(shop.stack, "Schema")
        dataset = shop.dataset("Interactions", schema)
        shop.job(dataset_arn=dataset.attr_dataset_arn, data_source=DataSource.from_local_path(file))
        shop.synth()

    def test_a_dataset_that_is_made_elsewhere(self, file: Path) -> None:
        file.write_text(interactions(5))
        shop = Shop()
        shop.job(dataset_arn=cdk.Fn.import_value("dataset"), data_source=DataSource.from_local_path(file))
        shop.synth()
