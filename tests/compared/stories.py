"""What is done to stacks in both implementations: the life of custom resources, as templates and operations."""

from collections.abc import Sequence
from typing import Any

Template = dict[str, Any]
Step = tuple[str, Template]
"""``create`` or ``update``, and the resources; a nested stack holds its resources in the place of a template's URL."""


def thing(
    name: str = "one",
    after: Sequence[str] = (),
    fail_on: Sequence[str] = (),
    policies: dict[str, str] | None = None,
    **properties: Any,
) -> dict[str, Any]:
    """A custom resource whose physical id is ``name``."""
    given = {"ServiceToken": "${Function}", "Id": name, **properties} | ({"FailOn": list(fail_on)} if fail_on else {})
    made: dict[str, Any] = {"Type": "Custom::Thing", "Properties": given} | (policies or {})
    return made | ({"DependsOn": list(after)} if after else {})


def nested(resources: Template, after: Sequence[str] = ()) -> dict[str, Any]:
    """A nested stack with these resources."""
    made: dict[str, Any] = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": resources}}
    return made | ({"DependsOn": list(after)} if after else {})


RETAINED = {"DeletionPolicy": "Retain"}
REPLACED_IS_RETAINED = {"UpdateReplacePolicy": "Retain"}
FAILS = ["Create"]
TYPED: dict[str, Any] = {
    "Number": 1,
    "Half": 0.5,
    "Yes": True,
    "Nested": {"List": [1, True, {"No": False}], "Text": "x", "Empty": []},
    "Absent": {"Ref": "AWS::NoValue"},
    "Joined": {"Fn::Join": ["/", [{"Ref": "AWS::Partition"}, {"Fn::Sub": "${AWS::AccountId}:${AWS::StackName}"}]]},
}

STORIES: dict[str, list[Step]] = {
    "created with properties of every type": [("create", {"A": thing(**TYPED)})],
    "updated in place": [("create", {"A": thing(N=1)}), ("update", {"A": thing(N=2, Yes=True)})],
    "a property removed": [("create", {"A": thing(N=1, M=1)}), ("update", {"A": thing(N=1)})],
    "another resource updated": [
        ("create", {"A": thing(), "B": thing("two", ["A"])}),
        ("update", {"A": thing(), "B": thing("two", ["A"], N=1)}),
    ],
    "replaced": [("create", {"A": thing("one")}), ("update", {"A": thing("two")})],
    "replaced, and what refers to it": [
        ("create", {"A": thing("one"), "B": thing("of-a", Of={"Ref": "A"})}),
        ("update", {"A": thing("two"), "B": thing("of-a", Of={"Ref": "A"})}),
    ],
    "an attribute changes for what refers to it": [
        ("create", {"A": thing(Data={"Size": "1"}), "B": thing("of-a", Of={"Fn::GetAtt": ["A", "Size"]})}),
        ("update", {"A": thing(Data={"Size": "2"}), "B": thing("of-a", Of={"Fn::GetAtt": ["A", "Size"]})}),
    ],
    "added and removed": [
        ("create", {"A": thing()}),
        ("update", {"A": thing(), "B": thing("two", ["A"])}),
        ("update", {"A": thing()}),
    ],
    "one removed while another is updated": [
        ("create", {"A": thing(), "B": thing("two", ["A"])}),
        ("update", {"A": thing(N=1)}),
    ],
    "deleted in the order of dependencies": [
        ("create", {"A": thing(), "B": thing("two", ["A"]), "C": thing("three", ["B"])}),
    ],
    "creation fails": [("create", {"A": thing(fail_on=FAILS)})],
    "creation of a later one fails": [
        ("create", {"A": thing(), "B": thing("two", ["A"]), "C": thing("three", ["B"], FAILS)}),
    ],
    "creation fails, the earlier one is retained": [
        ("create", {"A": thing(policies=RETAINED), "B": thing("two", ["A"], FAILS)}),
    ],
    "update fails": [("create", {"A": thing(N=1)}), ("update", {"A": thing(N=2, fail_on=["Update"])})],
    "update of a later one fails": [
        ("create", {"A": thing(N=1), "B": thing("two", ["A"], N=1)}),
        ("update", {"A": thing(N=2), "B": thing("two", ["A"], ["Update"], N=2)}),
    ],
    "update fails at a new one": [
        ("create", {"A": thing(N=1)}),
        ("update", {"A": thing(N=2), "B": thing("two", ["A"], FAILS)}),
    ],
    "replacement is rolled back": [
        ("create", {"A": thing("one")}),
        ("update", {"A": thing("two"), "B": thing("b", ["A"], FAILS)}),
    ],
    "removal is rolled back": [
        ("create", {"A": thing(), "B": thing("two", ["A"])}),
        ("update", {"A": thing(), "C": thing("three", ["A"], FAILS)}),
    ],
    "retained when removed": [
        ("create", {"A": thing(), "B": thing("two", ["A"], policies=RETAINED)}),
        ("update", {"A": thing(N=1)}),
    ],
    "retained when the stack is deleted": [
        ("create", {"A": thing(), "B": thing("two", ["A"], policies=RETAINED)}),
    ],
    "retained when replaced": [
        ("create", {"A": thing("one", policies=REPLACED_IS_RETAINED)}),
        ("update", {"A": thing("two", policies=REPLACED_IS_RETAINED)}),
    ],
    "clean-up fails": [
        ("create", {"A": thing(), "B": thing("two", ["A"], ["Delete"])}),
        ("update", {"A": thing(N=1)}),
    ],
    "nested: created and updated": [
        ("create", {"Child": nested({"A": thing(N=1)})}),
        ("update", {"Child": nested({"A": thing(N=2)})}),
    ],
    "nested: one is replaced inside": [
        ("create", {"Child": nested({"A": thing("one")})}),
        ("update", {"Child": nested({"A": thing("two")})}),
    ],
    "nested: creation fails inside": [
        ("create", {"Child": nested({"A": thing(), "B": thing("two", ["A"], FAILS)})}),
    ],
    "nested: a later one beside it fails": [
        ("create", {"Child": nested({"A": thing(N=1)})}),
        ("update", {"Child": nested({"A": thing(N=2)}), "B": thing("two", ["Child"], FAILS)}),
    ],
    "nested: removal inside is rolled back": [
        ("create", {"Child": nested({"A": thing(), "B": thing("two", ["A"])})}),
        ("update", {"Child": nested({"A": thing()}), "C": thing("three", ["Child"], FAILS)}),
    ],
    "nested: the stack is removed": [
        ("create", {"A": thing(), "Child": nested({"B": thing("two")}, ["A"])}),
        ("update", {"A": thing(N=1)}),
    ],
}
