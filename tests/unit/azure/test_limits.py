"""What a request draws on, and what Microsoft documents that there is."""

from __future__ import annotations

import pytest

from workspace_gateway_network.azure.limits import LIMITS, Draft, Kind, Limit, Provider, Share, part_of

GROUP = "/subscriptions/S/resourceGroups/g/providers"


def test_the_limits_are_those_that_microsoft_documents() -> None:
    limits = LIMITS[Provider.RESOURCE_MANAGER]
    assert limits[Kind.READS] == Limit(capacity=250, per_second=25)
    assert limits[Kind.WRITES] == Limit(capacity=200, per_second=10)
    assert limits[Kind.DELETES] == Limit(capacity=200, per_second=10)


@pytest.mark.parametrize(
    ("provider", "kind", "requests"),
    [
        (Provider.PRIVATE_DNS, Kind.READS, 500),
        (Provider.PRIVATE_DNS, Kind.WRITES, 800),
        (Provider.NETWORK, Kind.WRITES, 1000),
    ],
)
def test_no_five_minutes_see_more_than_a_provider_allows(provider: Provider, kind: Kind, requests: int) -> None:
    limit = LIMITS[provider][kind]

    assert limit.capacity + 300 * limit.per_second == pytest.approx(requests)


def test_network_reads_are_fewer_than_it_allows_by_azure_resource_managers_own_limit() -> None:
    limit = LIMITS[Provider.RESOURCE_MANAGER][Kind.READS]

    assert limit.capacity + 300 * limit.per_second < 10_000


@pytest.mark.parametrize(
    ("path", "provider"),
    [
        ("/subscriptions/S/providers/Microsoft.Network/virtualNetworks", Provider.NETWORK),
        ("/subscriptions/S/providers/Microsoft.Network/locations/uksouth/operations/o", Provider.NETWORK),
        (f"{GROUP}/Microsoft.ApiManagement/gateways/x", Provider.OTHER),
        ("/subscriptions/S/resourceGroups/g", Provider.OTHER),
        ("/subscriptions/S/providers/Microsoft.Network/privateDnsZones", Provider.PRIVATE_DNS),
        (f"{GROUP}/microsoft.network/privatednszones/z/A/@", Provider.PRIVATE_DNS),
    ],
)
def test_each_provider_counts_for_itself(path: str, provider: Provider) -> None:
    assert Draft.of("GET", path) == Draft(
        manager=Share(subscription="s", kind=Kind.READS), provider=Share(subscription="s", kind=Kind.READS, provider=provider)
    )


@pytest.mark.parametrize(
    ("method", "manager", "provider"),
    [
        ("GET", Kind.READS, Kind.READS),
        ("PUT", Kind.WRITES, Kind.WRITES),
        ("PATCH", Kind.WRITES, Kind.WRITES),
        ("POST", Kind.WRITES, Kind.WRITES),
        ("DELETE", Kind.DELETES, Kind.WRITES),
    ],
)
def test_methods_count_as_what_azure_counts(method: str, manager: Kind, provider: Kind) -> None:
    draft = Draft.of(method, f"{GROUP}/Microsoft.Network/virtualNetworks/hub")

    assert (draft.manager.kind, draft.provider.kind) == (manager, provider)


def test_a_share_names_itself_as_metrics_show_it() -> None:
    assert str(Draft.of("DELETE", f"{GROUP}/Microsoft.Network/privateDnsZones/z").provider) == "s/private-dns/writes"


def test_every_share_has_a_limit() -> None:
    drafts = (
        Draft.of(method, f"{GROUP}/{kind}")
        for method in ("GET", "PUT", "DELETE")
        for kind in ("Microsoft.Network/virtualNetworks", "Microsoft.Network/privateDnsZones", "Microsoft.ApiManagement/gateways")
    )
    assert all(LIMITS[share.provider][share.kind].capacity > 0 for draft in drafts for share in draft.shares)


def test_a_part_of_the_limits_is_that_part_of_each() -> None:
    half = part_of(LIMITS, percent=50)

    assert half[Provider.RESOURCE_MANAGER][Kind.READS] == Limit(capacity=125, per_second=12.5)
    assert part_of(LIMITS, percent=0.1)[Provider.RESOURCE_MANAGER][Kind.WRITES].capacity == 1
