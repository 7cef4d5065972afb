"""Tags of jobs, from the argument and from ``Tags.of()``."""

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_iam as iam
from constructs import IConstruct
from shop import JOB, Shop


@jsii.implements(cdk.IAspect)
class ReadsPolicies:
    """Looks at roles' policies as cdk-nag does, which is before all tags are there."""

    def visit(self, node: IConstruct) -> None:
        if isinstance(node, iam.CfnRole):
            cdk.Stack.of(node).resolve(node.policies)


def test_tags_of_the_app_join_the_job_s_own(shop: Shop) -> None:
    shop.job(tags={"team": "recs"})
    cdk.Tags.of(shop.app).add("stage", "prod")
    resources = shop.synth()
    assert resources.job["Tags"] == [
        {"tagKey": "stage", "tagValue": "prod"},
        {"tagKey": "team", "tagValue": "recs"},
    ]


def test_tags_of_a_job_take_the_permission_to_tag(shop: Shop) -> None:
    shop.job()
    shop.job("Two")
    cdk.Tags.of(shop.stack.node.find_child("Two")).add("stage", "prod")
    statement = shop.synth().function_statements["ListDatasetImportJobs"]
    assert "personalize:TagResource" in statement["Action"]


def test_tags_of_the_app_can_leave_jobs_out(shop: Shop) -> None:
    shop.job()
    cdk.Tags.of(shop.app).add("stage", "prod", exclude_resource_types=[JOB])
    assert "Tags" not in shop.synth().job


def test_a_tag_can_be_removed(shop: Shop) -> None:
    job = shop.job(tags={"team": "recs"})
    cdk.Tags.of(job).remove("team")
    assert "Tags" not in shop.synth().job


def test_tags_are_checked_together(shop: Shop) -> None:
    shop.job(tags={f"own{number}": "" for number in range(40)})
    for number in range(11):
        cdk.Tags.of(shop.app).add(f"app{number}", "")
    with pytest.raises(RuntimeError, match=r"Shop/Interactions: tags, .*at most 50 tags, got '51 tags'"):
        shop.synth()


def test_tags_are_kept_when_another_aspect_reads_the_policies_first(shop: Shop) -> None:
    shop.job()
    cdk.Aspects.of(shop.app).add(ReadsPolicies())
    cdk.Tags.of(shop.job("Two")).add("stage", "prod")
    resources = shop.synth()
    assert resources.job_of(1)["Tags"] == [{"tagKey": "stage", "tagValue": "prod"}]
    assert "personalize:TagResource" in resources.function_statements["ListDatasetImportJobs"]["Action"]
