"""Makes docs/pages/reference/api.md from the docstrings of the package."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import griffe

_CONSTRUCTS = Path(__file__).resolve().parents[1] / "constructs"
_PACKAGE = "cdk_personalize_import"
_INTRODUCTION = f"""# API reference

<!-- Made by `make docs` from the docstrings of constructs/{_PACKAGE}. Change those instead. -->

`from {_PACKAGE} import DatasetImportJob, DataSource, ImportFunction, ImportMode`
"""
_FIRST = ["DatasetImportJob", "DataSource", "ImportMode", "ImportFunction"]


def page() -> str:
    """Return the page."""
    package = griffe.load(_PACKAGE, search_paths=[_CONSTRUCTS], docstring_parser="google")
    assert isinstance(package, griffe.Module)
    names = [str(name) for name in package.exports or []]
    names.sort(key=lambda name: (_FIRST.index(name) if name in _FIRST else len(_FIRST), name))
    parts = [_INTRODUCTION]
    for name in names:
        parts += _class(_target(package[name]))
    return re.sub(r"(?<!`)``([^`]+)``(?!`)", r"`\1`", "\n".join(parts)).rstrip() + "\n"


def _target(found: griffe.Object | griffe.Alias) -> griffe.Object:
    return found.final_target if isinstance(found, griffe.Alias) else found


def _class(owner: griffe.Object) -> Iterator[str]:
    yield f"## {owner.name}\n"
    members = {name: _target(member) for name, member in owner.all_members.items()}
    # A class without documented arguments is not for users to make.
    if _has_arguments(owner):
        yield f"```python\n{_signature(owner.name, members['__init__'])}\n```\n"
    yield from _docstring(owner)
    for name, member in members.items():
        if name.startswith("_") or member.docstring is None:
            continue
        yield f"### {name}\n"
        if isinstance(member, griffe.Function):
            yield f"```python\n{_signature(f'{owner.name}.{name}', member)}\n```\n"
        elif isinstance(member, griffe.Attribute) and member.annotation is not None:
            yield f"`{member.annotation}`\n"
        yield from _docstring(member)


def _has_arguments(owner: griffe.Object) -> bool:
    sections = owner.docstring.parsed if owner.docstring else []
    return any(isinstance(section, griffe.DocstringSectionParameters) for section in sections)


def _signature(name: str, function: griffe.Object) -> str:
    assert isinstance(function, griffe.Function)
    arguments: list[str] = []
    for parameter in function.parameters:
        if parameter.name in ("self", "cls"):
            continue
        is_keyword = parameter.kind is griffe.ParameterKind.keyword_only
        if is_keyword and "*" not in arguments:
            arguments.append("*")
        star = "**" if parameter.kind is griffe.ParameterKind.var_keyword else ""
        default = "" if parameter.default is None or star else f" = {parameter.default}"
        arguments.append(f"{star}{parameter.name}: {parameter.annotation}{default}")
    returns = f" -> {function.returns}" if function.returns and function.name != "__init__" else ""
    text = f"{name}({', '.join(arguments)}){returns}"
    if len(text) > 100:
        lines = "".join(f"    {argument},\n" for argument in arguments)
        text = f"{name}(\n{lines}){returns}"
    return text


def _docstring(owner: griffe.Object) -> Iterator[str]:
    if owner.docstring is None:
        return
    for section in owner.docstring.parsed:
        if isinstance(section, griffe.DocstringSectionText):
            yield f"{_links(section.value)}\n"
        elif isinstance(section, griffe.DocstringSectionParameters):
            yield "| Argument | |\n|---|---|"
            yield from (f"| `{item.name}` | {_line(item.description)} |" for item in section.value)
            yield ""
        elif isinstance(section, griffe.DocstringSectionRaises):
            yield from (f"Raises `{item.annotation}`: {_line(item.description)}\n" for item in section.value)
        elif isinstance(section, griffe.DocstringSectionReturns):
            yield from (f"Returns {_line(item.description)}\n" for item in section.value)


def _line(text: str) -> str:
    return _links(" ".join(text.split())).replace("|", "\\|")


def _links(text: str) -> str:
    return re.sub(r"(?<!\()https://docs\.aws\.amazon\.com/\S+?(?=[.,]?(\s|$))", r"<\g<0>>", text)
