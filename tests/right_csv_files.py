"""Schemas, and files that are right for them."""

import json
from typing import Any

from hypothesis import strategies as st

from personalize_csv import DATASET_TYPES, Schema

REQUIRED = {
    "Interactions": [("USER_ID", "string"), ("ITEM_ID", "string"), ("TIMESTAMP", "long")],
    "Users": [("USER_ID", "string")],
    "Items": [("ITEM_ID", "string")],
    "Actions": [("ACTION_ID", "string")],
    "Action_Interactions": [
        ("USER_ID", "string"),
        ("ACTION_ID", "string"),
        ("EVENT_TYPE", "string"),
        ("TIMESTAMP", "long"),
    ],
}
DOMAIN = {
    ("Interactions", "ECOMMERCE"): [("EVENT_TYPE", "string")],
    ("Interactions", "VIDEO_ON_DEMAND"): [("EVENT_TYPE", "string")],
    ("Items", "ECOMMERCE"): [("PRICE", "float"), ("CATEGORY_L1", "string")],
    ("Items", "VIDEO_ON_DEMAND"): [("GENRES", "string"), ("CREATION_TIMESTAMP", "long")],
}

# Any text of one line. Surrogates are no text in UTF-8.
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), min_size=1, max_size=30)
ID = st.text(st.characters(codec="utf-8", exclude_characters='\r\n"\\'), min_size=1, max_size=30)
VALUES: dict[str, st.SearchStrategy[str]] = {
    "int": st.integers(-(2**31), 2**31 - 1).map(str),
    "long": st.integers(-(2**63), 2**63 - 1).map(str),
    "float": st.floats(allow_nan=False, allow_infinity=False, width=32).map(repr),
    "double": st.floats(allow_nan=False, allow_infinity=False).map(repr),
    "boolean": st.sampled_from(["true", "false"]),
    "string": TEXT,
    "seconds": st.integers(0, 253_402_300_799).map(str),
}


def as_is(value: str) -> str:
    return value


def escaped(value: str) -> str:
    """As the documentation writes text: in double quotes, with a backslash before double quotes and backslashes."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def doubled(value: str) -> str:
    """As most programs write text: in double quotes, with double quotes doubled."""
    return '"' + value.replace('"', '""') + '"'


@st.composite
def imports(draw: st.DrawFn) -> tuple[Schema, bytes]:
    """A schema and a file that is right for it."""
    dataset_type = draw(st.sampled_from(DATASET_TYPES))
    domain = draw(st.sampled_from([None, "ECOMMERCE", "VIDEO_ON_DEMAND"]))
    columns = REQUIRED[dataset_type] + DOMAIN.get((dataset_type, domain or ""), [])
    fields: list[dict[str, Any]] = [{"name": name, "type": avro_type} for name, avro_type in columns]
    names = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=9).map(lambda name: "X" + name)
    for name in draw(st.lists(names, min_size=1, max_size=5, unique=True)):
        avro_type = draw(st.sampled_from(["int", "long", "float", "double", "boolean", "string"]))
        union = draw(st.sampled_from([avro_type, [avro_type, "null"], ["null", avro_type]]))
        extra = draw(st.sampled_from([{}, {"categorical": True}])) if avro_type == "string" else {}
        fields.append({"name": name, "type": union, **extra})
    fields = draw(st.permutations(fields))
    schema = Schema.parse(
        json.dumps({"type": "record", "name": dataset_type, "fields": fields}),
        draw(st.sampled_from([dataset_type, dataset_type.upper()])),
        domain,
    )
    lines = [",".join(field["name"] for field in fields)]
    lines += draw(st.lists(st.tuples(*map(cell, fields)).map(",".join), max_size=8))
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    return schema, (end.join(lines) + draw(st.sampled_from(["", end]))).encode()


def cell(field: dict[str, Any]) -> st.SearchStrategy[str]:
    types = field["type"] if isinstance(field["type"], list) else [field["type"]]
    kind = next(name for name in types if name != "null")
    if field["name"] in ("TIMESTAMP", "CREATION_TIMESTAMP"):
        kind = "seconds"
    values = ID if field["name"].endswith("_ID") else VALUES[kind]
    if kind == "string":
        values = st.one_of(values.map(escaped), values.map(doubled), values.map(plain))
    else:
        values = st.tuples(values, st.sampled_from([as_is, escaped])).map(lambda pair: pair[1](pair[0]))
    return st.one_of(values, st.just("")) if "null" in types else values


def plain(value: str) -> str:
    """Without quotes where the value needs none."""
    return escaped(value) if set(value) & set(',"\\') or not value.strip() else value
