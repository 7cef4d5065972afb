"""The longest chain of creations, which benchmarks compare."""

from benchmarks.creation_chain import longest_chain


def test_it_follows_references_and_dependencies() -> None:
    resources = {
        "Role": {},
        "Function": {"Properties": {"Role": {"Fn::GetAtt": ["Role", "Arn"]}}},
        "Group": {"Properties": {"Name": {"Ref": "AWS::StackName"}}},
        "Import": {"Properties": {"ServiceToken": {"Ref": "Function"}}, "DependsOn": ["Group"]},
    }
    assert longest_chain(resources) == 3
    assert longest_chain({"Alone": {}}) == 1
