"""A resource provider of a subscription (`Microsoft.Resources/providers`), as read from ARM."""

from __future__ import annotations

from workspace_gateway_network.model.json import JsonObject, text
from workspace_gateway_network.model.resource_id import ResourceId

WEB = "Microsoft.Web"
"""The provider that gateways' subnets are delegated to (Microsoft Learn, API Management's delegation requirement of 2025-12-04)."""


def web_provider_of(subscription: str) -> ResourceId:
    """The id of that provider in a subscription."""
    return ResourceId(f"/subscriptions/{subscription}/providers/{WEB}")


def registration_state(document: JsonObject) -> str:
    """`Registered`, `Registering`, `NotRegistered`, …; empty where Azure does not say."""
    return text(document, "registrationState")


def is_unregistered(state: str) -> bool:
    """Whether the provider has to be registered before it can be used. Registering proceeds region by region and is no reason to wait."""
    return state.lower() in {"notregistered", "unregistered", "unregistering"}
