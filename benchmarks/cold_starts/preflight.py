"""This project's function with the largest preflight there is: 20 files of 256 KiB each are read."""

import json

import no_network  # type: ignore[import-not-found]

FILES, SIZE = 20, 256 * 1024
header, row = "USER_ID,ITEM_ID,EVENT_TYPE,EVENT_VALUE,TIMESTAMP\n", "user-{0},item-{0},watch,3.5,1596238243\n"
rows = "".join(row.format(number) for number in range(SIZE // 30))
keys = [f"<Contents><Key>items/{number}.csv</Key><Size>{10 * SIZE}</Size></Contents>" for number in range(FILES)]
fields: list[dict[str, object]] = [{"name": name, "type": "string"} for name in ("USER_ID", "ITEM_ID", "EVENT_TYPE")]
fields += [{"name": "EVENT_VALUE", "type": ["null", "float"]}, {"name": "TIMESTAMP", "type": "long"}]
schema = {"type": "record", "name": "Interactions", "fields": fields}
no_network.FILES |= {
    "ListObjectsV2": f"<ListBucketResult><IsTruncated>false</IsTruncated>{''.join(keys)}</ListBucketResult>".encode(),
    "GetObject": (header + rows).encode()[:SIZE],
}
no_network.ANSWERS |= {
    "DescribeDataset": {"dataset": {"datasetType": "INTERACTIONS", "schemaArn": "arn:schema", "status": "ACTIVE"}},
    "DescribeSchema": {"schema": {"name": "interactions", "schema": json.dumps(schema)}},
}
del rows, keys

import this_project  # type: ignore[import-not-found]  # noqa: E402, F401
