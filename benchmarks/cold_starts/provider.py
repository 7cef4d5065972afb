"""The user's function behind CDK's Provider until it has returned."""

from no_network import Context, answer_calls, event  # type: ignore[import-not-found]

answer_calls()

from import_data import on_event  # type: ignore[import-not-found]  # noqa: E402

on_event(event("Create"), Context())
