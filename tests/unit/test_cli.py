"""The command line: what it prints, and the status with which it ends."""

from __future__ import annotations

import importlib.metadata

import pytest
import yaml
from click.testing import CliRunner

from workspace_gateway_network.cli import main
from workspace_gateway_network.runtime.settings import Settings, described, variable


def test_the_version_is_the_packages() -> None:
    result = CliRunner().invoke(main, ["--version"])
    assert (result.exit_code, result.output) == (0, importlib.metadata.version("workspace-gateway-network") + "\n")


def test_crd_prints_the_definition_and_nothing_else() -> None:
    result = CliRunner().invoke(main, ["crd"])
    assert result.exit_code == 0
    document = yaml.safe_load(result.output)
    assert (document["kind"], document["metadata"]["name"]) == (
        "CustomResourceDefinition",
        "workspacegatewaynetworks.workspacegateway.dev",
    )


def test_the_help_of_run_lists_every_setting_with_its_default() -> None:
    result = CliRunner().invoke(main, ["run", "--help"], terminal_width=1000)
    listed = [line.split(maxsplit=1) for line in result.output.partition("Settings (environment variables):\n")[2].splitlines()]
    assert [line[0] for line in listed] == [setting.variable for setting in described()]
    told = dict(listed)
    assert told["WGN_WORKERS"] == "How many resources are reconciled at a time. [default: 8]"
    assert told["WGN_CLUSTER_ID"].endswith(" [required]")
    assert told["AZURE_CLIENT_SECRET"] == "For client-secret."


def test_bad_settings_end_with_status_2_and_a_sentence_each(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(variable(name), raising=False)
    monkeypatch.setenv("WGN_WORKERS", "none")
    result = CliRunner().invoke(main, ["run"])
    assert result.exit_code == 2
    assert [line.split()[0] for line in result.stderr.splitlines()] == ["WGN_CLUSTER_ID", "WGN_WORKERS"]
    assert result.stdout == ""
