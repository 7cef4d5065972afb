"""Imports that add to another one, and warnings where imports of one dataset undo each other."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_personalize as personalize
from cdk_abilities import needs_acknowledgements_of_what_comes_later
from shop import DATASET_ARN, JOB, Shop, Templates, flat

from cdk_personalize_import import DatasetImportJob, ImportMode

OTHER_ARN = DATASET_ARN.replace("INTERACTIONS", "ITEMS")
INCREMENTAL = ImportMode.INCREMENTAL


def warned(shop: Shop) -> set[str]:
    return {name.removeprefix("cdk-personalize-import:") for name in shop.warnings()}


class TestAddsTo:
    def test_it_names_the_job_and_waits_for_it(self, shop: Shop) -> None:
        full = shop.job("Full", wait_for_completion=False, timeout=cdk.Duration.hours(2))
        shop.job("More", import_mode=INCREMENTAL, adds_to=full)
        resources = shop.synth()
        last = resources.ids(JOB, "Full")[-1]
        [more] = resources.ids(JOB, "More")
        assert flat(resources.all[more]["Properties"]["AddsTo"]) == f"${{{last}.DatasetImportJobArn}}"
        assert set(resources.ids(JOB, "Full")) <= resources.needs(more)
        assert warned(shop) == set()

    def test_one_that_adds_to_one_that_adds(self, shop: Shop) -> None:
        dataset = shop.dataset()
        full = shop.job("Full", dataset_arn=dataset.attr_dataset_arn)
        more = shop.job("More", dataset_arn=dataset.attr_dataset_arn, import_mode=INCREMENTAL, adds_to=full)
        shop.job("Last", dataset_arn=dataset.attr_dataset_arn, import_mode=INCREMENTAL, adds_to=more)
        resources = shop.synth()
        resources.assert_no_circle()
        assert warned(shop) == set()

    def test_an_import_without_it_has_no_such_property(self, shop: Shop) -> None:
        shop.job()
        assert "AddsTo" not in shop.synth().job

    def test_a_full_import_adds_to_nothing(self, shop: Shop) -> None:
        full = shop.job("Full")
        with pytest.raises(ValueError, match=r"Shop/Wrong: import_mode must be INCREMENTAL with adds_to.*got 'FULL'"):
            shop.job("Wrong", adds_to=full)

    def test_of_another_stack(self, shop: Shop) -> None:
        other = cdk.Stack(shop.app, "Other", env=cdk.Environment(account="123456789012", region="eu-west-1"))
        full = shop.job("Full", scope=other)
        with pytest.raises(ValueError, match="adds_to must be an import of the same stack, got 'Other/Full'"):
            shop.job("Wrong", import_mode=INCREMENTAL, adds_to=full)

    def test_of_another_dataset(self, shop: Shop) -> None:
        full = shop.job("Full", dataset_arn=OTHER_ARN)
        with pytest.raises(ValueError, match="adds_to must be an import into the same dataset, got 'Shop/Full'"):
            shop.job("Wrong", import_mode=INCREMENTAL, adds_to=full)

    def test_of_an_import_that_adds_to_nothing(self, shop: Shop) -> None:
        lonely = shop.job("Lonely", import_mode=INCREMENTAL)
        with pytest.raises(ValueError, match="adds_to must be a FULL import, or an INCREMENTAL one that itself adds"):
            shop.job("Wrong", import_mode=INCREMENTAL, adds_to=lonely)

    def test_of_a_reference(self, shop: Shop) -> None:
        arn = "arn:aws:personalize:eu-west-1:123456789012:dataset-import-job/nightly-1"
        elsewhere = DatasetImportJob.from_dataset_import_job_arn(shop.stack, "Elsewhere", arn)
        with pytest.raises(ValueError, match=r"adds_to must be an import of this stack.*got 'Shop/Elsewhere'"):
            shop.job("Wrong", import_mode=INCREMENTAL, adds_to=elsewhere)

    @pytest.mark.parametrize("wrong", ["Full", 5, DATASET_ARN])
    def test_of_no_import(self, wrong: Any, shop: Shop) -> None:
        with pytest.raises(TypeError, match=r"^Shop/Wrong: adds_to must be "):
            shop.job("Wrong", import_mode=INCREMENTAL, adds_to=wrong)


class TestWarnings:
    def test_two_full_imports_of_one_dataset(self, shop: Shop) -> None:
        shop.job("One")
        shop.job("Two")
        text = shop.warnings()["cdk-personalize-import:overwritten"]
        assert "Shop/One is a FULL import into the same dataset" in text
        assert [found for found in shop.stack.node.find_child("One").node.metadata if "warning" in found.type] == []

    def test_imports_of_two_datasets(self, shop: Shop) -> None:
        shop.job("One")
        shop.job("Two", dataset_arn=OTHER_ARN)
        assert warned(shop) == set()

    def test_a_full_and_an_incremental_import_in_two_stacks(self, shop: Shop) -> None:
        other = cdk.Stack(shop.app, "Other", env=cdk.Environment(account="123456789012", region="eu-west-1"))
        shop.job("Full", scope=other)
        shop.job("More", import_mode=INCREMENTAL)
        assert "Other/Full" in shop.warnings()["cdk-personalize-import:addsTo"]

    def test_a_full_import_that_is_made_later(self, shop: Shop) -> None:
        shop.job("More", import_mode=INCREMENTAL)
        shop.job("Full")
        assert warned(shop) == {"addsTo"}

    def test_an_incremental_import_alone_into_a_dataset_of_the_app(self, shop: Shop) -> None:
        shop.job(dataset_arn=shop.dataset().attr_dataset_arn, import_mode=INCREMENTAL)
        assert warned(shop) == {"nothingToAddTo"}

    def test_an_incremental_import_alone_into_a_dataset_made_elsewhere(self, shop: Shop) -> None:
        shop.job(import_mode=INCREMENTAL)
        assert warned(shop) == set()

    def test_a_dataset_that_imports_by_itself(self, shop: Shop) -> None:
        dataset = shop.dataset()
        dataset.dataset_import_job = personalize.CfnDataset.DatasetImportJobProperty(job_name="first")
        shop.job(dataset_arn=dataset.attr_dataset_arn, import_mode=INCREMENTAL)
        assert warned(shop) == set()

    def test_they_can_be_acknowledged(self, shop: Shop) -> None:
        needs_acknowledgements_of_what_comes_later()
        shop.job("One")
        cdk.Annotations.of(shop.job("Two")).acknowledge_warning("cdk-personalize-import:overwritten", "on purpose")
        assert warned(shop) == set()

    def test_a_stage_is_looked_at_alone(self, shop: Shop) -> None:
        for name in ("Test", "Prod"):
            stage = cdk.Stage(shop.app, name, env=cdk.Environment(account="123456789012", region="eu-west-1"))
            shop.job("Full", scope=cdk.Stack(stage, "Shop"), data_source=shop.other_source(stage))
        assert warned(shop) == set()

    def test_they_can_be_acknowledged_above(self, shop: Shop) -> None:
        shop.job("One")
        shop.job("Two")
        cdk.Annotations.of(shop.stack).acknowledge_warning("cdk-personalize-import:overwritten", "on purpose")
        assert warned(shop) == set()


class TestDatasetDefinition:
    """What makes CloudFormation replace a dataset."""

    def test_of_a_dataset_of_the_stack(self, shop: Shop) -> None:
        dataset = shop.dataset()
        shop.job(dataset_arn=dataset.attr_dataset_arn)
        cdk.Tags.of(shop.app).add("stage", "prod")
        dataset.add_property_override("Name", "renamed")
        found = shop.synth()
        # Before CloudFormation's datasets had tags, aws-cdk-lib gave them none.
        tags = found.properties("AWS::Personalize::Dataset").get("Tags")
        assert tags in ([{"Key": "stage", "Value": "prod"}], None)
        assert flat(found.job["DatasetDefinition"]) == {
            "SchemaArn": "${InteractionsSchema.SchemaArn}",
            "Name": "renamed",
            "DatasetType": "Interactions",
            "DatasetGroupArn": "${InteractionsGroup.DatasetGroupArn}",
            **({"Tags": tags} if tags else {}),
        }

    def test_of_a_dataset_of_another_stack(self) -> None:
        def definition(name: str) -> Any:
            shop = Shop()
            dataset = shop.dataset()
            dataset.name = name
            stack = cdk.Stack(shop.app, "Imports", env=cdk.Environment(account="123456789012", region="eu-west-1"))
            shop.job(scope=stack, dataset_arn=dataset.attr_dataset_arn)
            templates = Templates(shop.app)
            exports = templates.of(shop.stack).template["Outputs"]
            assert not any("Schema" in name or "Group" in name for name in exports)
            return templates.of(stack).job["DatasetDefinition"]

        assert definition("one").keys() == {"Digest"}
        assert definition("one") == definition("one") != definition("two")

    def test_the_address_of_a_nested_template_changes_with_a_dataset_outside(self) -> None:
        def address(name: str) -> Any:
            shop = Shop()
            dataset = shop.dataset()
            dataset.name = name
            shop.job(scope=cdk.NestedStack(shop.stack, "Nested"), dataset_arn=dataset.attr_dataset_arn)
            return shop.synth().properties("AWS::CloudFormation::Stack")["TemplateURL"]

        assert address("one") == address("one") != address("two")

    def test_a_nested_stack_has_the_final_one_of_a_dataset_outside(self) -> None:
        def definition(*, renamed: bool) -> Any:
            shop = Shop()
            dataset = shop.dataset()
            stack = cdk.NestedStack(shop.stack, "Nested")
            shop.job(scope=stack, dataset_arn=dataset.attr_dataset_arn)
            if renamed:
                dataset.add_property_override("Name", "renamed")
            return Templates(shop.app).of(stack).job["DatasetDefinition"]

        assert definition(renamed=False).keys() == {"Digest"}
        assert definition(renamed=False) == definition(renamed=False) != definition(renamed=True)

    def test_of_a_dataset_made_elsewhere(self, shop: Shop) -> None:
        shop.job()
        assert "DatasetDefinition" not in shop.synth().job

    def test_a_job_is_compared_with_the_age_of_its_dataset_without_preflight_too(self, shop: Shop) -> None:
        shop.job(preflight=False)
        statements = shop.synth().function_statements
        assert statements["DescribeDatasets"]["Resource"] == [DATASET_ARN]
        assert "DescribeSchemas" not in statements
