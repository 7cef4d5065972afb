"""What a further import costs a synthesis: calls to the CDK's own process, of which each takes its time."""

from collections import Counter
from typing import Any

import pytest
from jsii._kernel.providers import process
from shop import Shop

from cdk_personalize_import import DatasetImportJob, DataSource

SCHEMA = (
    '{"type": "record", "name": "Items", "fields": ['
    '{"name": "ITEM_ID", "type": "string"}, {"name": "GENRES", "type": "string", "categorical": true}]}'
)
MOST_CALLS = 23
MOST_CALLS_OF_THE_SYNTHESIS = 2


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    calls: list[str] = []
    send = process._NodeProcess.send

    def counted(node: Any, request: Any, *arguments: Any) -> Any:
        calls.append(type(request).__name__)
        return send(node, request, *arguments)

    monkeypatch.setattr(process._NodeProcess, "send", counted)
    return calls


def fill(shop: Shop, imports: int, calls: list[str]) -> None:
    for number in range(imports):
        dataset_arn = shop.dataset("Items", SCHEMA, group=f"shop-{number}").attr_dataset_arn
        calls.clear()
        DatasetImportJob(
            shop.stack,
            f"Import{number}",
            dataset_arn=dataset_arn,
            data_source=DataSource.from_bucket(shop.bucket, f"{number}.csv"),
        )


def test_calls_of_a_further_import_into_a_dataset_of_the_app(calls: list[str]) -> None:
    fill(Shop(), 3, calls)
    assert len(calls) <= MOST_CALLS, Counter(calls)


def test_calls_of_the_synthesis_for_a_further_import(calls: list[str]) -> None:
    counts = []
    for imports in (2, 6):
        shop = Shop()
        fill(shop, imports, calls)
        calls.clear()
        shop.app.synth()
        counts.append(len(calls))
    assert (counts[1] - counts[0]) / 4 <= MOST_CALLS_OF_THE_SYNTHESIS, counts
