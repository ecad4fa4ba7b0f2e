"""The command `wgn`."""

from __future__ import annotations

import sys
from typing import Final

import click

from workspace_gateway_network.api import crd as definition
from workspace_gateway_network.runtime.settings import BadSettings, Described, Settings, described

BAD_SETTINGS: Final = 2
"""The exit status when nothing can start with these settings; click's own for wrong arguments."""


class _CommandWithSettings(click.Command):
    """A command whose help ends with the environment variables that it reads."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_epilog(ctx, formatter)
        with formatter.section("Settings (environment variables)"):
            formatter.write_dl([(setting.variable, _told(setting)) for setting in described()], col_max=34)


def _told(setting: Described) -> str:
    if setting.required:
        return f"{setting.description} [required]"
    return f"{setting.description} [default: {setting.default}]" if setting.default else setting.description


@click.group()
@click.version_option(package_name="workspace-gateway-network", message="%(version)s")
def main() -> None:
    """Keeps the Azure network of API Management workspace gateways as WorkspaceGatewayNetwork resources declare it."""


@main.command(cls=_CommandWithSettings)
def run() -> None:
    """Run the operator.

    It finds the Kubernetes API server by KUBECONFIG, or as a pod by its service account. SIGTERM lets what has begun end.
    """
    try:
        settings = Settings.load()
    except BadSettings as error:
        for sentence in error.sentences:
            click.echo(sentence, err=True)
        sys.exit(BAD_SETTINGS)
    # Imported when needed: the other commands start in a fraction of the time without Kubernetes' and Azure's clients.
    from workspace_gateway_network.run import run as run_operator  # noqa: PLC0415

    run_operator(settings)


@main.command()
def crd() -> None:
    """Print the CustomResourceDefinition of WorkspaceGatewayNetwork."""
    click.echo(definition.render(), nl=False)
