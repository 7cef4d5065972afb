"""Tags of jobs, from the argument and from ``Tags.of()``."""

import json

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import IConstruct
from shop import JOB, Resources, Shop

TEAM = [{"tagKey": "team", "tagValue": "recs"}]


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


def test_what_a_tag_refers_to_in_another_stack_is_imported(shop: Shop) -> None:
    there = cdk.Stack(shop.app, "Other", env=cdk.Environment(account="123456789012", region="eu-west-1"))
    bucket = s3.Bucket(there, "Bucket")
    shop.job(tags={"bucket": bucket.bucket_name})
    [tag] = shop.synth().job["Tags"]
    assert tag["tagKey"] == "bucket"
    assert "Fn::ImportValue" in tag["tagValue"]


def test_each_link_has_them(shop: Shop) -> None:
    shop.job(tags={"team": "recs"}, timeout=cdk.Duration.hours(2))
    resources = shop.synth()
    assert [resources.all[name]["Properties"]["Tags"] for name in resources.ids(JOB)] == [TEAM] * 3


def test_later_tags_are_kept_when_an_aspect_reads_the_tags_first(shop: Shop) -> None:
    job = shop.job(tags={"team": "recs"})
    shop.stack.resolve(job.cdk_tag_manager.rendered_tags)
    cdk.Tags.of(job).add("stage", "prod")
    assert shop.synth().job["Tags"] == [{"tagKey": "stage", "tagValue": "prod"}, *TEAM]


def again(shop: Shop) -> Resources:
    shop.app.synth(force=True)
    return shop.synth()


def test_another_synthesis_sees_later_tags(shop: Shop) -> None:
    job = shop.job(tags={"team": "recs"})
    tags = cdk.Tags.of(job)
    assert again(shop).job["Tags"] == again(shop).job["Tags"] == TEAM
    tags.add("stage", "prod")
    assert again(shop).job["Tags"] == [{"tagKey": "stage", "tagValue": "prod"}, *TEAM]
    tags.remove("team", priority=300)
    tags.remove("stage", priority=300)
    resources = again(shop)
    assert not resources.job["Tags"]
    assert "personalize:TagResource" not in resources.function_statements["ListDatasetImportJobs"]["Action"]


def test_what_an_escape_hatch_sets_stays(shop: Shop) -> None:
    job = shop.job(tags={"team": "recs"})
    own = [{"tagKey": "zone", "tagValue": "1"}, {"tagKey": "area", "tagValue": "2"}]
    resource = job.node.find_child("Resource")
    assert isinstance(resource, cdk.CfnResource)
    resource.add_property_override("Tags", own)
    assert again(shop).job["Tags"] == again(shop).job["Tags"] == own


def test_without_the_last_look_the_function_may_tag(shop: Shop) -> None:
    shop.job(tags={"team": "recs"})
    assembly = shop.app.synth(skip_validation=True)
    template = assembly.get_stack_by_name("Shop").template["Resources"]
    [job] = [resource["Properties"] for resource in template.values() if resource["Type"] == JOB]
    assert job["Tags"] == [{"key": "team", "value": "recs"}]
    assert "personalize:TagResource" in json.dumps(template)


def test_tags_are_kept_when_another_aspect_reads_the_policies_first(shop: Shop) -> None:
    shop.job()
    cdk.Aspects.of(shop.app).add(ReadsPolicies())
    cdk.Tags.of(shop.job("Two")).add("stage", "prod")
    resources = shop.synth()
    assert resources.job_of(1)["Tags"] == [{"tagKey": "stage", "tagValue": "prod"}]
    assert "personalize:TagResource" in resources.function_statements["ListDatasetImportJobs"]["Action"]
