"""The entry point, with and without what the extra installs."""

import subprocess
import sys

import pytest

WITHOUT = """
import sys
sys.modules[{module!r}] = None
from personalize_import_cli.entry_point import main
sys.argv[1:] = ["watch", "Shop"]
main()
"""


@pytest.mark.parametrize("module", ["click", "rich", "boto3"])
def test_without_the_extra_one_sentence_says_what_to_install(module: str) -> None:
    run = subprocess.run([sys.executable, "-c", WITHOUT.format(module=module)], capture_output=True, text=True)
    assert run.returncode == 2
    assert f"needs {module}, which isn't installed: pip install 'cdk-personalize-import[cli]'" in run.stderr
    assert "Traceback" not in run.stderr


def test_the_construct_imports_nothing_of_the_command_line() -> None:
    code = (
        "import sys, cdk_personalize_import;"
        "print(sorted({'boto3', 'botocore', 'click', 'rich', 'personalize_import_cli'} & set(sys.modules)))"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_help_asks_for_no_credentials() -> None:
    command = [sys.executable, "-m", "personalize_import_cli.entry_point", "watch", "--help"]
    assert "Exit code" in subprocess.check_output(command, text=True)
