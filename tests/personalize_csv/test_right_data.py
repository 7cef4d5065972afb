"""Data that is right by the documentation is never rejected, whatever the schema, the quoting and where it is cut."""

from hypothesis import given, settings
from hypothesis import strategies as st
from right_csv_files import imports

from personalize_csv import Schema, check_file


@settings(max_examples=200, deadline=None)
@given(imports(), st.data())
def test_right_data_is_not_rejected(case: tuple[Schema, bytes], data: st.DataObject) -> None:
    schema, content = case
    report = check_file("x", content, schema, whole=True)
    assert report.errors == ()
    assert report.whole
    cut = data.draw(st.integers(0, len(content)), label="cut")
    most = data.draw(st.sampled_from([None, 0, 3]), label="max_checked")
    assert check_file("x", content[:cut], schema, whole=False, max_checked=most).errors == ()


@settings(max_examples=50, deadline=None)
@given(imports())
def test_right_data_is_not_rejected_at_any_cut(case: tuple[Schema, bytes]) -> None:
    schema, content = case
    for cut in range(len(content)):
        assert check_file("x", content[:cut], schema, whole=False).errors == ()


@settings(max_examples=150, deadline=None)
@given(imports(), st.binary(max_size=200), st.data())
def test_any_bytes_are_checked_without_an_exception(
    case: tuple[Schema, bytes], noise: bytes, data: st.DataObject
) -> None:
    schema, content = case
    at = data.draw(st.integers(0, len(content)))
    for whole in (True, False):
        report = check_file("x", content[:at] + noise + content[at:], schema, whole=whole)
        assert all("\n" not in finding.message for finding in report.findings)


@settings(max_examples=150, deadline=None)
@given(imports(), st.text('a1"\\, \r\n', max_size=60), st.data())
def test_any_quotes_are_checked_without_an_exception(
    case: tuple[Schema, bytes], noise: str, data: st.DataObject
) -> None:
    schema, content = case
    text = content.decode()
    at = data.draw(st.integers(0, len(text)))
    check_file("x", (text[:at] + noise + text[at:]).encode(), schema, whole=True)
