"""Job names: valid for the API whatever they are made from, and readable back into their parts."""

import re

from hypothesis import given
from hypothesis import strategies as st

from cdk_personalize_import_handler.custom_resource.names import MAX_PREFIX_LENGTH, digest, resource_hash, valid_prefix
from cdk_personalize_import_handler.dataset_import.job_name import JobName

# https://docs.aws.amazon.com/personalize/latest/dg/API_CreateDatasetImportJob.html
API_PATTERN = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9\-_]*")


@given(st.text(max_size=300), st.text(), st.text(min_size=1, max_size=255), st.text(), st.text())
def test_any_text_makes_a_valid_name_that_reads_back(
    prefix: str, stack_id: str, logical_id: str, spec: str, request_id: str
) -> None:
    name = JobName(
        valid_prefix(prefix),
        resource_hash(stack_id, logical_id),
        digest(spec, digits=8),
        digest(request_id, digits=8),
    )
    assert API_PATTERN.fullmatch(str(name))
    assert 1 <= len(str(name)) <= 63
    assert JobName.parse(str(name)) == name


def test_a_long_prefix_is_cut_and_keeps_the_hashes() -> None:
    name = str(JobName("p" * 200, "a" * 10, "b" * 8, "c" * 8))
    assert name == "p" * MAX_PREFIX_LENGTH + "-aaaaaaaaaa-bbbbbbbb-cccccccc"
    assert len(name) == 63


def test_a_construct_path_becomes_a_readable_prefix() -> None:
    assert valid_prefix("Stage/Stack/Käufe (2026)") == "Stage-Stack-K-ufe-2026"
    assert valid_prefix("--") == "import"


def test_a_name_that_somebody_else_gave_has_no_parts() -> None:
    assert JobName.parse("nightly-import-2026-11-21") is None


def test_parts_keep_their_borders() -> None:
    assert digest("ab", "c", digits=10) != digest("a", "bc", digits=10)
