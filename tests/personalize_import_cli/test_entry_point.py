"""The entry point, with and without what the extra installs."""

import subprocess
import sys

import pytest

from personalize_import_cli.entry_point import main


@pytest.mark.parametrize("module", ["click", "rich", "boto3"])
def test_without_the_extra_one_sentence_says_what_to_install(
    module: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if name.startswith(("personalize_import_cli.", f"{module}."))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setattr(sys, "argv", ["personalize-import", "watch", "Shop", "--region", "eu-west-1"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    how = "pip install 'cdk-personalize-import[cli]'"
    assert capsys.readouterr().err == f"personalize-import needs {module}, which isn't installed: {how}\n"


def test_anything_else_that_is_missing_is_an_error_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "personalize_import_cli.commands", None)
    with pytest.raises(ModuleNotFoundError, match="personalize_import_cli"):
        main()


def test_the_construct_imports_nothing_of_the_command_line() -> None:
    code = (
        "import sys, cdk_personalize_import;"
        "print(sorted({'boto3', 'botocore', 'click', 'rich', 'personalize_import_cli'} & set(sys.modules)))"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_help_asks_for_no_credentials() -> None:
    command = [sys.executable, "-m", "personalize_import_cli.entry_point", "watch", "--help"]
    assert "Exit code" in subprocess.check_output(command, text=True)
