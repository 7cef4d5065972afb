"""Schemas of all dataset types with a right file for each, and what breaks it."""

import json
from typing import Any

from personalize_csv import Schema, Severity


def field(name: str, *types: str, **attributes: Any) -> dict[str, Any]:
    return {"name": name, "type": types[0] if len(types) == 1 else list(types), **attributes}


def schema_json(*fields: dict[str, Any], name: str = "Interactions") -> str:
    record = {"type": "record", "name": name, "namespace": "com.amazonaws.personalize.schema", "version": "1.0"}
    return json.dumps({**record, "fields": list(fields)})


def schema(dataset_type: str, *fields: dict[str, Any], domain: str | None = None, name: str = "") -> Schema:
    return Schema.parse(schema_json(*fields, name=dataset_type), dataset_type, domain, name)


INTERACTIONS = (
    field("USER_ID", "string"),
    field("ITEM_ID", "string"),
    field("EVENT_TYPE", "string"),
    field("EVENT_VALUE", "float", "null"),
    field("IMPRESSION", "string", "null"),
    field("TIMESTAMP", "long"),
)
USERS = (
    field("USER_ID", "string"),
    field("AGE", "int", "null"),
    field("GENDER", "string", "null", categorical=True),
    field("MEMBER", "boolean", "null"),
)
ITEMS = (
    field("ITEM_ID", "string"),
    field("PRICE", "float"),
    field("CATEGORY_L1", "string", categorical=True),
    field("GENRES", "null", "string", categorical=True),
    field("TITLE", "null", "string"),
    field("DESCRIPTION", "null", "string", textual=True),
    field("CREATION_TIMESTAMP", "long"),
)
ACTIONS = (
    field("ACTION_ID", "string"),
    field("VALUE", "long", "null"),
    field("MEMBERSHIP_LEVEL", "null", "string", categorical=True),
    field("REPEAT_FREQUENCY", "long", "null"),
    field("CREATION_TIMESTAMP", "long"),
)
ACTION_INTERACTIONS = (
    field("USER_ID", "string"),
    field("ACTION_ID", "string"),
    field("EVENT_TYPE", "string"),
    field("TIMESTAMP", "long"),
)

SCHEMAS = {
    "interactions": schema("Interactions", *INTERACTIONS),
    "interactions in VIDEO_ON_DEMAND": schema("Interactions", *INTERACTIONS, domain="VIDEO_ON_DEMAND"),
    "interactions in ECOMMERCE": schema("Interactions", *INTERACTIONS, domain="ECOMMERCE"),
    "users": schema("Users", *USERS),
    "users in ECOMMERCE": schema("Users", *USERS, domain="ECOMMERCE"),
    "items": schema("Items", *ITEMS),
    "items in VIDEO_ON_DEMAND": schema("Items", *ITEMS, domain="VIDEO_ON_DEMAND"),
    "items in ECOMMERCE": schema("Items", *ITEMS, domain="ECOMMERCE"),
    "actions": schema("Actions", *ACTIONS),
    "action interactions": schema("Action_Interactions", *ACTION_INTERACTIONS),
}

ROWS = {
    "interactions": "u1,i1,watch,0.5,i1|i2,1596238243",
    "users": "u1,34,female,true",
    "items": 'i1,9.99,Shoes,Drama|Crime,"Two, three","A \\"fine\\" text.",1596238243',
    "actions": "a1,10,Deluxe|Premium,7,1510003267",
    "action interactions": "35,73,Not taken,1586731606",
}


def right_file(case: str) -> str:
    """A file that is right for the schema of a case of `SCHEMAS`."""
    header = ",".join(column.name for column in SCHEMAS[case].fields)
    return f"{header}\n{ROWS[case.split(' in ')[0]]}\n"


ERROR, WARNING = Severity.ERROR, Severity.WARNING

# Case, what to replace in the right file, the replacement, and what is found: severity, rule, line, column.
Change = tuple[str, str, str, Severity, str, int | None, str | None]
BROKEN: list[Change] = [
    # header
    ("interactions", "ITEM_ID", "ITEM", ERROR, "missing-column", 1, "ITEM_ID"),
    ("interactions", "ITEM_ID", "item_id", WARNING, "capitals", 1, "item_id"),
    ("interactions", "EVENT_TYPE,", "KIND,", ERROR, "missing-column", 1, "EVENT_TYPE"),
    ("interactions in VIDEO_ON_DEMAND", "EVENT_TYPE,", "KIND,", ERROR, "missing-column", 1, "EVENT_TYPE"),
    ("interactions in ECOMMERCE", "EVENT_TYPE,", "KIND,", ERROR, "missing-column", 1, "EVENT_TYPE"),
    ("users", "USER_ID", "ID", ERROR, "missing-column", 1, "USER_ID"),
    ("users in ECOMMERCE", "USER_ID", "ID", ERROR, "missing-column", 1, "USER_ID"),
    ("items", "PRICE", "COST", ERROR, "missing-column", 1, "PRICE"),
    ("items in VIDEO_ON_DEMAND", "GENRES", "GENRE", ERROR, "missing-column", 1, "GENRES"),
    ("items in ECOMMERCE", "CATEGORY_L1", "CATEGORY", ERROR, "missing-column", 1, "CATEGORY_L1"),
    ("actions", "ACTION_ID", "ACTION", ERROR, "missing-column", 1, "ACTION_ID"),
    ("action interactions", "EVENT_TYPE", "EVENT", ERROR, "missing-column", 1, "EVENT_TYPE"),
    ("items", "GENRES", "GENRE", WARNING, "missing-optional-column", 1, "GENRES"),
    ("interactions", "USER_ID,", '"USER_ID",', WARNING, "quoted-header", 1, None),
    ("interactions", "IMPRESSION", "USER_ID", ERROR, "duplicate-column", 1, "USER_ID"),
    ("interactions", "IMPRESSION", "USERID", WARNING, "similar-columns", 1, "USERID"),
    ("interactions", "IMPRESSION", "DEVICE", WARNING, "extra-column", 1, "DEVICE"),
    ("interactions", "IMPRESSION", "", WARNING, "unnamed-column", 1, None),
    ("interactions", "USER_ID,ITEM_ID", "ITEM_ID,USER_ID", WARNING, "column-order", 1, None),
    ("interactions", "USER_ID,", " USER_ID ,", WARNING, "space-in-header", 1, None),
    ("interactions", "USER_ID,", "\ufeffUSER_ID,", WARNING, "byte-order-mark", 1, None),
    # types
    ("interactions", "1596238243", "2020-07-31", ERROR, "type", 2, "TIMESTAMP"),
    ("interactions", "1596238243", "9223372036854775808", ERROR, "type", 2, "TIMESTAMP"),
    ("interactions", "1596238243", "15.5", ERROR, "type", 2, "TIMESTAMP"),
    ("interactions", "1596238243", "1596238243.0", WARNING, "type", 2, "TIMESTAMP"),
    ("interactions", "1596238243", " 1596238243", WARNING, "type", 2, "TIMESTAMP"),
    ("interactions", "0.5", "half", WARNING, "type", 2, "EVENT_VALUE"),
    ("interactions", "0.5", "NULL", WARNING, "type", 2, "EVENT_VALUE"),
    ("interactions", "0.5", "NaN", WARNING, "type", 2, "EVENT_VALUE"),
    ("items", "9.99", "$9.99", ERROR, "type", 2, "PRICE"),
    ("items", "9.99", "NULL", ERROR, "type", 2, "PRICE"),
    ("users", "34", "2147483648", WARNING, "type", 2, "AGE"),
    ("users", "true", "perhaps", WARNING, "type", 2, "MEMBER"),
    ("users", "true", "True", WARNING, "type", 2, "MEMBER"),
    ("users", "true", "1", WARNING, "type", 2, "MEMBER"),
    ("actions", "a1,10", "a1,ten", WARNING, "type", 2, "VALUE"),
    ("action interactions", "1586731606", "yesterday", ERROR, "type", 2, "TIMESTAMP"),
    # null
    ("interactions", "u1,", ",", ERROR, "null", 2, "USER_ID"),
    ("interactions", "u1,", '"",', WARNING, "null", 2, "USER_ID"),
    ("interactions", "1596238243", "", ERROR, "null", 2, "TIMESTAMP"),
    ("users", "u1,", ",", ERROR, "null", 2, "USER_ID"),
    ("items", "9.99", "", ERROR, "null", 2, "PRICE"),
    ("actions", "1510003267", "", ERROR, "null", 2, "CREATION_TIMESTAMP"),
    ("action interactions", "Not taken", "", ERROR, "null", 2, "EVENT_TYPE"),
    # timestamps
    ("interactions", "1596238243", "1596238243000", ERROR, "milliseconds", 2, "TIMESTAMP"),
    ("action interactions", "1586731606", "1586731606000", ERROR, "milliseconds", 2, "TIMESTAMP"),
    ("items", "1596238243", "1596238243000", WARNING, "milliseconds", 2, "CREATION_TIMESTAMP"),
    ("actions", "1510003267", "1510003267000", WARNING, "milliseconds", 2, "CREATION_TIMESTAMP"),
    # lengths
    ("interactions", "i1,watch", "i" * 257 + ",watch", ERROR, "length", 2, "ITEM_ID"),
    ("interactions", "i1|i2", "i" * 1001, ERROR, "length", 2, "IMPRESSION"),
    ("users", "u1", "u" * 257, ERROR, "length", 2, "USER_ID"),
    ("users", "female", "f" * 1001, ERROR, "length", 2, "GENDER"),
    ("items", "i1", "i" * 257, ERROR, "length", 2, "ITEM_ID"),
    ("items", "Shoes", "s" * 1001, ERROR, "length", 2, "CATEGORY_L1"),
    ("items", "Drama|Crime", "|".join(["Drama"] * 200), WARNING, "length", 2, "GENRES"),
    ("items", "Two, three", "t" * 1001, ERROR, "length", 2, "TITLE"),
    ("items", "text.", "t" * 20_000, WARNING, "truncated-text", 2, "DESCRIPTION"),
    ("actions", "a1,", "a" * 257 + ",", ERROR, "length", 2, "ACTION_ID"),
    ("action interactions", "73,", "7" * 257 + ",", ERROR, "length", 2, "ACTION_ID"),
    # records
    ("interactions", "u1,", '"u\n1",', WARNING, "line-break", 2, None),
    ("interactions", ",0.5,i1|i2,1596238243", "", ERROR, "too-few-values", 2, None),
    ("users", ",true", "", WARNING, "too-few-values", 2, None),
    ("users", ",true", ",true,", WARNING, "too-many-values", 2, None),
    ("users", "u1", 'a"b', WARNING, "id-characters", 2, "USER_ID"),
    ("action interactions", "Not taken", "Clicked", WARNING, "event-type", 2, "EVENT_TYPE"),
]

# Case, what to replace in the right file, and replacements that are right as well.
RIGHT: list[tuple[str, str, list[str]]] = [
    ("interactions", "1596238243", ["0", "-1", "+5", "0001596238243", "253402300799"]),
    ("interactions", "0.5", ["", "1", "-1.5e-3", ".5", "5.", "1E10"]),
    ("interactions", "i1|i2", ["", "i" * 1000, '"i1|i2"']),
    ("interactions", "watch", ["w" * 5000, "日本語", '"a, b"', '"say ""hi"""', '"say \\"hi\\" \\\\"']),
    ("interactions", "u1,", ["u" * 256 + ",", "ü" * 256 + ",", '"u 1",']),
    ("interactions", "\n", ["\r\n", "\r", "\n\n"]),
    ("users", "34", ["", "-2147483648", "2147483647"]),
    ("users", "true", ["", "false"]),
    ("users", "female", ["", "f" * 1000]),
    ("items", "Two, three", ["", "t" * 1000, "NULL"]),
    ("items", "text.", ["t" * 19_000]),
    ("items", "Drama|Crime", ["", "|".join(["Drama"] * 100)]),
    ("actions", ",10,", [",,", ",1,"]),
    ("action interactions", "Not taken", ["TAKEN", "NOT_TAKEN", "Viewed"]),
]
