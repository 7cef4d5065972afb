from hypothesis import given
from hypothesis import strategies as st

from cdk_personalize_import_handler.custom_resource.names import resource_hash as hash_of_the_function
from cdk_personalize_import_handler.dataset_import.job_name import JobName
from personalize_import_cli.watch.job_names import prefix_of, resource_hash, resource_of


@given(st.text(min_size=1), st.text(min_size=1))
def test_a_job_is_known_by_the_name_that_the_function_gives_it(stack_id: str, logical_id: str) -> None:
    hashed = hash_of_the_function(stack_id, logical_id)
    name = str(JobName("shop-Items", hashed, "0" * 8, "f" * 8))
    assert resource_hash(stack_id, logical_id) == hashed == resource_of(name)
    assert prefix_of(name) == "shop-Items"


def test_jobs_of_others_have_no_resource() -> None:
    assert resource_of("nightly") is None
    assert prefix_of("nightly") == "nightly"
