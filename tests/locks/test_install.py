"""The installer hands pip's configuration on to uv, which doesn't read it."""

import pytest

from locks.install import uv_environment


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("UV_DEFAULT_INDEX", "UV_INDEX", "UV_FIND_LINKS", "UV_NO_INDEX", "SSL_CERT_FILE", "ALL_PROXY"):
        monkeypatch.delenv(variable, raising=False)


def test_what_pip_goes_by_reaches_uv() -> None:
    environment = uv_environment(
        "global.index-url='https://packages.example/simple'\n"
        "global.extra-index-url='https://a.example/simple\\nfile:///wheels/simple'\n"
        "global.find-links='/wheels /more-wheels'\n"
        ":env:.cert='/certificates.pem'\n"
        "install.proxy='http://proxy.example:3128'\n"
    )
    assert environment["UV_DEFAULT_INDEX"] == "https://packages.example/simple"
    assert environment["UV_INDEX"] == "https://a.example/simple file:///wheels/simple"
    assert environment["UV_FIND_LINKS"] == "/wheels,/more-wheels"
    assert environment["SSL_CERT_FILE"] == "/certificates.pem"
    assert environment["ALL_PROXY"] == "http://proxy.example:3128"


def test_a_later_line_wins_as_in_pip() -> None:
    assert uv_environment("global.cert='/a.pem'\n:env:.cert='/b.pem'\n")["SSL_CERT_FILE"] == "/b.pem"


def test_what_is_set_for_uv_itself_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://mine.example/simple")
    assert uv_environment("global.index-url='https://pips.example/simple'\n")["UV_DEFAULT_INDEX"].startswith(
        "https://mine"
    )


def test_nothing_configured_is_nothing_handed_on() -> None:
    assert "UV_DEFAULT_INDEX" not in uv_environment("")
