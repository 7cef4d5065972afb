from typing import Any

from local_aws.server import LocalAws


def test_a_real_function_answers_over_https_that_it_trusts(stacks: Any, aws: LocalAws) -> None:
    source = """
import json, urllib.request
def handler(event, context):
    reply = {key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")}
    data = {"Doubled": 2 * event["ResourceProperties"]["Word"]}
    reply |= {"Status": "SUCCESS", "PhysicalResourceId": "from-lambda", "Data": data}
    request = urllib.request.Request(event["ResponseURL"], data=json.dumps(reply).encode(), method="PUT")
    urllib.request.urlopen(request)
"""
    trust = {
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}]
    }
    resources = {
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust}},
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Runtime": "python3.13",
                "Handler": "index.handler",
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                "Code": {"ZipFile": source},
                "Timeout": "900",
            },
        },
        "Thing": {
            "Type": "Custom::Thing",
            "Properties": {"ServiceToken": {"Fn::GetAtt": ["Function", "Arn"]}, "Word": "ab"},
        },
    }
    outputs = {"Doubled": {"Value": {"Fn::GetAtt": ["Thing", "Doubled"]}}}
    assert stacks.create("lambda", resources, template={"Outputs": outputs}) == "CREATE_COMPLETE"
    assert stacks.outputs("lambda") == {"Doubled": "abab"}
    assert stacks.delete("lambda") == "DELETE_COMPLETE"
    assert aws.client("lambda").list_functions()["Functions"] == []
