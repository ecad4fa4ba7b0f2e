"""What exactly is said of everything that can stand in the way of a gateway: each finding with its whole message, as people read it."""

from __future__ import annotations

from collections.abc import Mapping

from e2e import obstacles
from e2e.case import ALONE, MET, PREPARED, SIZES, SMALLER, UNEXPLAINED, Case, counted, locked, well
from e2e.obstacles import (
    CACHE,
    ENDPOINT,
    FOREIGN_PLAN,
    GROUP,
    MACHINE,
    NETWORK,
    PLAN,
    SHARED,
    SUBNET,
    SUBSCRIPTION,
    THEIR_MARK,
    WANTED,
    ZONE,
    ZONE_ELSEWHERE,
    both,
    cost_centre,
    has,
    link,
    lock,
    service,
    tier,
)
from e2e.reasons import attach_shared, delegate
from stage import seeds

MUCH = (
    (
        "Subnet team-a has network security group shared attached, but wanted is wanted. Set spec.networkSecurityGroup.attach to Replace to have"
        " it swapped, or spec.networkSecurityGroup.id to the attached one."
    ),
    f"Subnet 10.1.0.0/28 is too small: {SIZES}",
    f"Subnet team-a is used by {MACHINE}/one. {ALONE}: move them out, or use another subnet.",
    (
        "Subnet team-a is delegated to Microsoft.Sql/managedInstances (delegation '0'), but the gateway needs Microsoft.Web/serverFarms. Remove"
        " that delegation if nothing needs it, or use another subnet."
    ),
    locked("<lock>", "ReadOnly", NETWORK, "write subnet team-a"),
    ("There is no API Management service contoso in resource group apis. Create it, or correct spec.apiManagement.id. (ResourceNotFound)"),
)
"""What is said beside the worst where much is wrong at once."""

CASES: Mapping[str, Case] = {
    # Region, subscription, tier.
    "service-elsewhere": Case(
        given=service(location="West Europe"),
        reason="LocationMismatch",
        message="Virtual network hub is in uksouth, but API Management service contoso is in West Europe. Use a network in the service's"
        " region.",
    ),
    "gateway-elsewhere": Case(
        given=obstacles.gateway_elsewhere,
        reason="LocationMismatch",
        message="Gateway team-a is in West US, but virtual network hub is in uksouth. A gateway's network is in its own region: create the"
        " gateway anew there, or use a network in its region.",
    ),
    "group-elsewhere": Case(
        given=obstacles.group_elsewhere,
        spec={"networkSecurityGroup": {"id": WANTED}},
        reason="LocationMismatch",
        message="Network security group wanted is in westeurope, but virtual network hub is in uksouth. Use a group in the network's region.",
    ),
    "tier-of-2025-06-18": Case(
        given=tier("Developer"),
        reason="TierUnsupported",
        message="API Management service contoso has the tier Developer, which has no workspace gateways. Under requirements 2025-06-18 use"
        " Premium.",
    ),
    "tier-of-2026-05-20": Case(
        given=tier("Standard"),
        spec={"requirementsVersion": "2026-05-20"},
        reason="TierUnsupported",
        message="API Management service contoso has the tier Standard, which has no workspace gateways. Under requirements 2026-05-20 use"
        " Premium or BasicV2 or StandardV2 or PremiumV2.",
    ),
    "tier-of-2026-08-26": Case(
        given=tier("Consumption"),
        spec={"requirementsVersion": "2026-08-26"},
        reason="TierUnsupported",
        message="API Management service contoso has the tier Consumption, which has no workspace gateways. Under requirements 2026-08-26 use"
        " Premium or BasicV2 or StandardV2 or PremiumV2.",
    ),
    "tier-not-listed": Case(
        given=tier("BasicV2"),
        reason="AwaitingGateway",
        message=PREPARED,
        details={
            "PrerequisitesMet": f"{MET} Note: Requirements 2025-06-18 do not list the tier BasicV2 of API Management service contoso: whether it"
            f" has workspace gateways is for Azure to say. {SMALLER}"
        },
        writes=True,
    ),
    "tier-listed-later": well(given=tier("BasicV2"), spec={"requirementsVersion": "2026-05-20"}),
    # The subnet's size.
    "too-small": Case(
        given=has(addressPrefix="10.1.0.0/28"), reason="SubnetSizeUnsupported", message=f"Subnet 10.1.0.0/28 is too small: {SIZES}"
    ),
    "too-large": Case(
        given=has(addressPrefix="10.1.0.0/23"), reason="SubnetSizeUnsupported", message=f"Subnet 10.1.0.0/23 is too large: {SIZES}"
    ),
    "one-of-two-prefixes": Case(
        given=has(addressPrefix=None, addressPrefixes=["10.1.0.0/24", "10.1.1.0/29"]),
        reason="SubnetSizeUnsupported",
        message=f"Subnet 10.1.1.0/29 is too small: {SIZES}",
    ),
    "ipv6": Case(
        given=has(addressPrefix=None, addressPrefixes=["10.1.0.0/24", "fd00:1::/64"]),
        reason="SubnetSizeUnsupported",
        message="Subnet team-a has the IPv6 prefix fd00:1::/64: workspace gateways are not known to work in IPv6 subnets. Use a subnet with"
        " IPv4 prefixes only.",
    ),
    "below-the-recommended-size": well(),
    "of-the-recommended-size": Case(
        given=has(addressPrefix="10.1.0.0/24"),
        reason="AwaitingGateway",
        message=PREPARED,
        details={"PrerequisitesMet": MET},
        writes=True,
    ),
    # Who is in the subnet.
    "machines": Case(
        given=has(ipConfigurations=[{"id": f"{MACHINE}/one"}, {"id": f"{MACHINE}/two"}]),
        reason="SubnetNotDedicated",
        message=f"Subnet team-a is used by {MACHINE}/one and 1 more. {ALONE}: move them out, or use another subnet.",
    ),
    "private-endpoint": Case(
        given=has(privateEndpoints=[{"id": ENDPOINT}]),
        reason="SubnetNotDedicated",
        message=f"Subnet team-a is used by {ENDPOINT}. {ALONE}: move them out, or use another subnet.",
    ),
    "application": Case(
        given=has(serviceAssociationLinks=[link("AppServiceLink", "Microsoft.Web/serverfarms", PLAN)]),
        reason="SubnetNotDedicated",
        message=f"Subnet team-a is used by {PLAN} (service association link AppServiceLink). {ALONE}: disconnect that resource from the"
        " network, or use another subnet.",
    ),
    "link-to-nobody": well(
        f"Subnet team-a has the service association link AppServiceLink that names no resource: {UNEXPLAINED}",
        given=has(
            serviceAssociationLinks=[link("AppServiceLink", "Microsoft.Web/serverfarms", None)],
            delegations=[{"name": "0", "properties": {"serviceName": "Microsoft.Web/serverFarms"}}],
        ),
    ),
    "link-to-another-subscription": well(
        f"Subnet team-a has the service association link AppServiceLink of {FOREIGN_PLAN}: {UNEXPLAINED}",
        given=has(
            serviceAssociationLinks=[link("AppServiceLink", "Microsoft.Web/serverfarms", FOREIGN_PLAN)],
            delegations=[{"name": "0", "properties": {"serviceName": "Microsoft.Web/serverFarms"}}],
        ),
    ),
    "cache": Case(
        given=has(resourceNavigationLinks=[link("redis", "Microsoft.Cache/redis", CACHE)]),
        reason="SubnetNotDedicated",
        message=f"Subnet team-a is used by {CACHE} (resource navigation link redis). {ALONE}: remove what put the link there, or use another"
        " subnet.",
    ),
    "unnamed-navigation": Case(
        given=has(resourceNavigationLinks=[link("redis", "Microsoft.Cache/redis", None)]),
        reason="SubnetNotDedicated",
        message=f"Subnet team-a is used by Microsoft.Cache/redis (resource navigation link redis). {ALONE}: remove what put the link there,"
        " or use another subnet.",
    ),
    "two-gateways": Case(
        given=obstacles.two_gateways,
        reason="SubnetNotDedicated",
        message="Gateways billing and orders both name subnet team-a. A subnet serves one gateway: delete one of them.",
    ),
    "delegation-of-others": Case(
        given=delegate("0", "Microsoft.Sql/managedInstances"),
        reason="DelegationConflict",
        message="Subnet team-a is delegated to Microsoft.Sql/managedInstances (delegation '0'), but the gateway needs"
        " Microsoft.Web/serverFarms. Remove that delegation if nothing needs it, or use another subnet.",
    ),
    "delegation-in-use": Case(
        given=obstacles.delegated_in_use,
        reason="ResourceInUse",
        message="Subnet team-a is to be delegated to Microsoft.Web/serverFarms instead of Microsoft.Web/hostingEnvironments, but the service"
        " association link AppServiceLink says that it is still used. Wait until the link is gone (it can outlive its gateway by hours), or"
        " use another subnet.",
    ),
    "another-resource": Case(
        given=obstacles.another_resource,
        spec={"subnet": {"id": SUBNET}},
        name="team-b",
        reason="OwnershipConflict",
        message="The delegation of subnet team-a belongs to WorkspaceGatewayNetwork finding-another-resource/team-a. A subnet serves one gateway: delete one of"
        " the two resources.",
        writes=True,
    ),
    "delegation-of-another-cluster": Case(
        given=delegate(f"wgn-{THEIR_MARK}", "Microsoft.Web/serverFarms"),
        reason="OwnershipConflict",
        message=f"The delegation 'wgn-{THEIR_MARK}' of subnet team-a carries the mark of an operator in another cluster (WGN_CLUSTER_ID). A"
        " subnet serves one gateway: delete the resource there, or use another subnet.",
    ),
    "rules-of-another-cluster": Case(
        given=obstacles.rules_of_another_cluster,
        reason="OwnershipConflict",
        message="Subnet team-a is served by WorkspaceGatewayNetwork prod-2/apim/team-a of another cluster: security rule"
        f" wgn-{THEIR_MARK}-gateway-internet in network security group shared carries its mark. A subnet serves one gateway: delete the"
        " resource there, or, where that cluster is gone, the rules that it left.",
    ),
    # The subscription: what it is registered for, what is locked, and what its policies deny.
    "unregistered": Case(
        providers={"Microsoft.Web": "NotRegistered"},
        reason="ResourceProviderNotRegistered",
        message=f"Subscription {seeds.SUBSCRIPTION} is not registered for Microsoft.Web, without which Azure does not delegate the subnet. Run"
        f" `az provider register --namespace Microsoft.Web --subscription {seeds.SUBSCRIPTION}`, or set spec.resourceProviderRegistration to"
        " Register.",
    ),
    "registered-on-request": well(providers={"Microsoft.Web": "NotRegistered"}, spec={"resourceProviderRegistration": "Register"}),
    "subnet-locked": Case(given=lock(SUBNET), reason="ScopeLocked", message=locked("<lock>", "ReadOnly", SUBNET, "write subnet team-a")),
    "network-locked": Case(given=lock(NETWORK), reason="ScopeLocked", message=locked("<lock>", "ReadOnly", NETWORK, "write subnet team-a")),
    "resource-group-locked": Case(
        given=lock(GROUP),
        reason="ScopeLocked",
        message=counted(locked("<lock>", "ReadOnly", GROUP, "write network security group <group>"), 1),
        details={"SubnetDelegated": locked("<lock>", "ReadOnly", GROUP, "write subnet team-a")},
    ),
    "subscription-locked": Case(
        given=lock(SUBSCRIPTION),
        reason="ScopeLocked",
        message=counted(locked("<lock>", "ReadOnly", SUBSCRIPTION, "write network security group <group>"), 1),
        details={"SubnetDelegated": locked("<lock>", "ReadOnly", SUBSCRIPTION, "write subnet team-a")},
    ),
    "security-group-locked": Case(
        given=both(attach_shared, lock(SHARED)),
        reason="ScopeLocked",
        message=locked("<lock>", "ReadOnly", SHARED, "write security rule wgn-<mark>-gateway-load-balancer and 1 more"),
    ),
    "rule-locked-against-deletion": Case(
        given=both(obstacles.obsolete_rule, lock(SHARED, "CanNotDelete")),
        reason="ScopeLocked",
        message=locked("<lock>", "CanNotDelete", SHARED, "delete security rule wgn-<mark>-old"),
    ),
    "network-locked-against-deletion": well(given=lock(NETWORK, "CanNotDelete")),
    "zone-locked": Case(
        given=both(obstacles.zone, lock(ZONE)),
        spec={"mode": "Injection", "dns": {"zones": [{"id": ZONE}]}},
        reason="ScopeLocked",
        message=locked("<lock>", "ReadOnly", ZONE, "write virtual network link <link> in private DNS zone azure-api.net"),
        writes=True,
    ),
    "zone-locked-in-another-subscription": Case(
        given=both(obstacles.zone_elsewhere, lock(ZONE_ELSEWHERE)),
        spec={"mode": "Injection", "dns": {"zones": [{"id": ZONE_ELSEWHERE}]}},
        reason="ScopeLocked",
        message=locked("<lock>", "ReadOnly", ZONE_ELSEWHERE, "write virtual network link <link> in private DNS zone azure-api.net"),
        writes=True,
    ),
    "zone-locked-ahead": well(
        f"The lock <lock> (ReadOnly) on {ZONE} holds private DNS zone azure-api.net. Nothing has to be written there now; remove the lock"
        " before that changes, and before a gateway is created.",
        given=both(obstacles.linked_zone, lock(ZONE)),
        spec={"mode": "Injection", "dns": {"zones": [{"id": ZONE}]}},
    ),
    "zone-missing": Case(
        spec={"mode": "Injection", "dns": {"zones": [{"id": ZONE}]}},
        reason="PrivateDnsZoneNotFound",
        message="Private DNS zone azure-api.net does not exist in resource group names. Create it, or correct spec.dns.zones.",
        writes=True,
    ),
    "tag-required": Case(
        given=cost_centre,
        reason="PolicyDenied",
        message="Azure Policy 'A cost centre' does not allow the operator to write network security group <group>. Set what it asks for (tags"
        " in spec.tags), or have this scope exempted. (RequestDisallowedByPolicy)",
    ),
    "tag-given": well(given=cost_centre, spec={"tags": {"costCentre": "4711"}}),
    "rule-denied": Case(
        given=obstacles.nothing_from_the_internet,
        reason="PolicyDenied",
        message="Azure Policy 'Nothing from the Internet' does not allow the operator to write security rule wgn-<mark>-gateway-internet. Set"
        " what it asks for (tags in spec.tags), or have this scope exempted. (RequestDisallowedByPolicy)",
        writes=True,
    ),
    # All at once, though the service could not be judged at all.
    "much-at-once": Case(
        given=obstacles.much,
        spec={"networkSecurityGroup": {"id": WANTED}},
        reason="LocationMismatch",
        message=counted(
            "Network security group wanted is in westeurope, but virtual network hub is in uksouth. Use a group in the network's region.", 6
        ),
        details={
            "PrerequisitesMet": f"{MUCH[1]} {MUCH[2]} {MUCH[5]}",
            "SubnetDelegated": f"{MUCH[3]} {MUCH[4]}",
            "SecurityRulesApplied": "Network security group wanted is in westeurope, but virtual network hub is in uksouth. Use a group in the"
            f" network's region. {MUCH[0]}",
        },
    ),
}
