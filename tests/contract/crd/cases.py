"""Bad input: for every rule and every bound of the CRD what breaks just it, and what the API server answers, word for word.

`docs/validation.md` is made from this table, and a test compares the table with the CRD.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from contract.crd.case import UNCHECKED, Case, any_item, choice, empty, quoted, required, too_large, too_long, too_many, too_small
from contract.crd.specs import (
    API_MANAGEMENT,
    GATEWAY,
    GROUP,
    HOSTNAME,
    NETWORK_SECURITY_GROUP,
    OTHER_SUBSCRIPTION,
    SPOKE,
    SUBNET,
    SUBSCRIPTION,
    ZONE,
    ZONES,
    least,
    rule,
)

MUST_BE_SUBNET: Final = (
    "must be the ARM id of a subnet, /subscriptions/<guid>/resourceGroups/<group>/providers/Microsoft.Network"
    "/virtualNetworks/<network>/subnets/<name>, and nothing more"
)
MUST_BE_API_MANAGEMENT: Final = (
    "must be the ARM id of an API Management service, /subscriptions/<guid>/resourceGroups/<group>/providers"
    "/Microsoft.ApiManagement/service/<name>, and nothing more"
)
MUST_BE_GATEWAY: Final = (
    "must be the ARM id of a workspace gateway, /subscriptions/<guid>/resourceGroups/<group>/providers/Microsoft.ApiManagement"
    "/gateways/<name>, and nothing more"
)
MUST_BE_ZONE: Final = (
    "must be the ARM id of a private DNS zone, /subscriptions/<guid>/resourceGroups/<group>/providers/Microsoft.Network"
    "/privateDnsZones/<zone>, and nothing more"
)
MUST_BE_VIRTUAL_NETWORK: Final = (
    "must be the ARM id of a virtual network, /subscriptions/<guid>/resourceGroups/<group>/providers/Microsoft.Network"
    "/virtualNetworks/<name>, and nothing more"
)
MUST_BE_NETWORK_SECURITY_GROUP: Final = (
    "must be the ARM id of a network security group, /subscriptions/<guid>/resourceGroups/<group>/providers/Microsoft.Network"
    "/networkSecurityGroups/<name>, and nothing more"
)
MUST_BE_RESOURCE_GROUP: Final = "must be the ARM id of a resource group, /subscriptions/<guid>/resourceGroups/<group>, and nothing more"
MUST_BE_IN_SUBSCRIPTION: Final = "must be in the subscription of spec.subnet.id"

MUST_BE_HOSTNAME: Final = (
    "must be a hostname of three labels or more, such as team-a-123456abcdef.gateway.uksouth-01.azure-api.net, without scheme, port"
    " or final full stop"
)
MUST_NAME_HOSTS_ONCE: Final = "must name each host once, without regard to case"
MUST_BE_ADDRESS: Final = "must be an IPv4 address like 10.1.0.5"
MUST_NAME_ADDRESSES_ONCE: Final = "must name each address once"
MUST_BE_ZONES_OF_DIFFERENT_NAMES: Final = "must be zones of different names: a virtual network can be linked to one zone of a name only"
MUST_NAME_NETWORKS_ONCE: Final = "must name each virtual network once, without regard to case"
HAS_PUBLIC_NAMES: Final = "must not be set with mode Integration: public DNS has the names of such a gateway"
HAS_NO_PRIVATE_ADDRESS: Final = "must not be set with mode Integration: such a gateway has no private address that callers could use"

MUST_BE_PREFIX: Final = "must be an IPv4 prefix like 203.0.113.0/24 or an IPv4 address like 203.0.113.7"
MUST_BE_MASKED: Final = "must have no bits set behind its length: write 203.0.113.0/24, not 203.0.113.7/24"
MUST_NOT_OVERLAP: Final = "must not overlap: Azure refuses a rule with one prefix inside another"
MUST_BE_SERVICE_TAG: Final = "must be one of Azure's service tags, such as Internet, VirtualNetwork or Storage.UKSouth"
MUST_BE_ONE_PEER: Final = "must have either prefixes or serviceTag: exactly one of the two"
MUST_BE_PORT: Final = 'must be a port like "443", a range like "1000-2000" or "*" for any port, without leading zeros'
MUST_BE_IN_ORDER: Final = "must not go beyond port 65535, and a range must begin below its end"
MUST_NAME_PORTS_ONCE: Final = "must name each port or range once"
MUST_HAVE_STAR_ALONE: Final = 'must have "*" alone or not at all: it stands for all ports'
MUST_BE_RULE_NAME: Final = "must begin with a letter or digit, go on with letters, digits and . _ - and not end with . or -"
MUST_NOT_BE_GATEWAY: Final = "must not begin with gateway-: these names are for the rules that the gateway requires"
MUST_DIFFER: Final = "must have names that differ in more than case: Azure does not tell such names apart"
MUST_HAVE_PRIORITY_ONCE: Final = "must have each priority once in each direction"
MUST_BE_TAG_NAME: Final = "must have names of 1 to 512 characters, without < > % & ? / and backslash"
MUST_NOT_BE_MARK: Final = "must not have names that begin with wgn-: they are the operator's own marks"
MUST_NOT_CHANGE: Final = "the subnet of a gateway cannot be changed: create another WorkspaceGatewayNetwork for the other subnet"
MUST_HAVE_SHORT_NAME: Final = "must have at most 63 characters"


def cases() -> tuple[Case, ...]:
    """The whole table, in the order of the CRD's fields. An update and the resource's name are beyond it: they have tests of their own."""
    return (*_top(), *_ids(), *_gateway(), *_rules(), *_peers(), *_ports(), *_dns(), *_tags())


def _top() -> Iterator[Case]:
    yield required("mode")
    yield choice("mode", "integration", choices='"Integration", "Injection"')
    yield required("apiManagement")
    yield required("subnet")
    yield choice("requirementsVersion", "2025-06-19", choices='"2025-06-18", "2026-05-20", "2026-08-26"')
    yield choice("managementPolicy", "Approve", choices='"Manage", "Observe"')
    yield choice("resourceProviderRegistration", "Always", choices='"Verify", "Register"')
    yield choice("deletionPolicy", "Orphan", choices='"Retain", "Delete"')
    yield choice("readyWhen", "Ready", choices='"NetworkPrepared", "GatewayPublished"')
    yield choice("networkSecurityGroup.attach", "Always", choices='"IfAbsent", "Replace"')
    yield choice("networkSecurityGroup.onDeny", "Ignore", choices='"Report", "Precede"')
    yield too_small("resyncIntervalSeconds", 29, limit=30)
    yield too_large("resyncIntervalSeconds", 86401, limit=86400)
    yield too_small("progressDeadlineSeconds", 59, limit=60)
    yield too_large("progressDeadlineSeconds", 604801, limit=604800)


def _ids() -> Iterator[Case]:
    yield required("apiManagement.id")
    yield required("subnet.id")
    for field, good, sentence, limit in (
        ("apiManagement.id", API_MANAGEMENT, MUST_BE_API_MANAGEMENT, 512),
        ("subnet.id", SUBNET, MUST_BE_SUBNET, 512),
        ("gateway.id", GATEWAY, MUST_BE_GATEWAY, 512),
        ("networkSecurityGroup.id", NETWORK_SECURITY_GROUP, MUST_BE_NETWORK_SECURITY_GROUP, 512),
        ("dns.zones[0].id", ZONE, MUST_BE_ZONE, 512),
        ("dns.linkedVirtualNetworkIds[0]", SPOKE, MUST_BE_VIRTUAL_NETWORK, 512),
        ("resourceGroupId", GROUP, MUST_BE_RESOURCE_GROUP, 256),
    ):
        yield too_long(field, good + "x" * (limit + 1 - len(good)), limit=limit)
        for because, value in _malformed(good):
            yield Case(
                broken=any_item(field),
                bound=sentence,
                because=because,
                set=field,
                value=value,
                answer=f"spec.{field}: Invalid value: {quoted(value)}: {sentence}",
            )
        if field != "subnet.id" and not field.startswith("dns."):
            yield Case(
                broken="spec",
                bound=f"{MUST_BE_IN_SUBSCRIPTION} (.{field})",
                because="It is in another subscription than the subnet.",
                set=field,
                value=good.replace(SUBSCRIPTION, OTHER_SUBSCRIPTION),
                answer=f"spec.{field}: Invalid value: {MUST_BE_IN_SUBSCRIPTION}",
            )


def _malformed(good: str) -> Iterator[tuple[str, str]]:
    """Why each is bad, and the bad id."""
    subscription = "/".join(good.split("/")[:3])
    yield "It is empty.", ""
    yield "It is a name, not an id.", good.rpartition("/")[2]
    yield "It is a URL.", f"https://management.azure.com{good}"
    yield "It has no slash in front.", good.removeprefix("/")
    yield "It has a slash behind it.", f"{good}/"
    yield "It is the id of something else.", f"{GROUP}/providers/Microsoft.Network/routeTables/team-a"
    yield "It goes on behind the name.", f"{good}/providers/Microsoft.Authorization/locks/no"
    yield "It is cut off.", good.rpartition("/")[0]
    yield "A segment is empty.", good.replace("/resourceGroups/", "/resourceGroups//")
    yield "It has slashes only.", "/" * 12
    yield "The subscription is no GUID.", good.replace(subscription, "/subscriptions/contoso")
    yield "The GUID has its hyphens elsewhere.", good.replace(subscription, "/subscriptions/0b1f64711bf04ddaaec3111122223333----")
    yield "It has a query.", f"{good}?api-version=2015-01-01"
    yield "It has a fragment.", f"{good}#"
    yield "A name is a step upwards.", f"{good.rpartition('/')[0]}/.."
    yield "The group's name is a step upwards.", good.replace(good.split("/")[4], "..")
    yield "A character is escaped.", f"{good}%2F"
    yield "It has a space behind it.", f"{good} "
    yield "It has a line break behind it.", f"{good}\n"
    yield "It has a backslash.", good.replace("/resourceGroups/", "\\resourceGroups\\")
    yield "It names a user and a host.", f"{good}@example.com"
    yield "A letter only looks like the right one (U+017F for s).", good.replace("/subscriptions/", "/\u017fubscriptions/")


def _gateway() -> Iterator[Case]:
    hostnames, addresses = "gateway.hostnames", "gateway.privateIPAddresses"
    yield empty(hostnames)
    yield too_many(hostnames, [f"gateway-{number}.{HOSTNAME}" for number in range(11)], limit=10)
    yield too_long(f"{hostnames}[0]", "h" * 63 + ".a" * 96, limit=253)
    for because, hostname in (
        ("It is empty.", ""),
        ("It is one label.", "team-a"),
        ("It has two labels only.", "azure-api.net"),
        ("It is an address.", "10.1.0.5"),
        ("It is a URL.", f"https://{HOSTNAME}"),
        ("It has a port.", "team-a.azure-api.net:443"),
        ("It has a path.", "team-a.azure-api.net/"),
        ("It ends with a full stop.", "team-a.azure-api.net."),
        ("It is a wildcard.", "*.azure-api.net"),
        ("A label is empty.", "team-a..azure-api.net"),
        ("A label begins with a hyphen.", "-team.azure-api.net"),
        ("A label ends with a hyphen.", "team-.azure-api.net"),
        ("A label is longer than 63 characters.", f"{'t' * 64}.azure-api.net"),
        ("It has an underscore.", "team_a.azure-api.net"),
        ("It has a letter beyond ASCII.", "b\u00fcro.azure-api.net"),
        ("A letter only looks like the right one (U+212A for k).", "\u212a.azure-api.net"),
        ("It has a space in front.", " a.azure-api.net"),
        ("It has a line break behind it.", "a.azure-api.net\n"),
    ):
        yield Case(
            broken=f"spec.{hostnames}[]",
            bound=MUST_BE_HOSTNAME,
            because=because,
            set=f"{hostnames}[0]",
            value=hostname,
            answer=f"spec.{hostnames}[0]: Invalid value: {quoted(hostname)}: {MUST_BE_HOSTNAME}",
        )
    yield Case(
        broken=f"spec.{hostnames}",
        bound=MUST_NAME_HOSTS_ONCE,
        because="A host is there twice.",
        set=hostnames,
        value=[HOSTNAME, HOSTNAME.upper()],
        answer=f"spec.{hostnames}: Invalid value: {MUST_NAME_HOSTS_ONCE}",
    )
    yield empty(addresses)
    yield too_many(addresses, [f"10.1.0.{number}" for number in range(11)], limit=10)
    yield too_long(f"{addresses}[0]", "100.100.100.1000", limit=15)
    for because, address in (
        ("It is empty.", ""),
        ("It is a prefix.", "10.1.0.5/32"),
        ("It is an IPv6 address.", "2001:db8::5"),
        ("It is a name.", "team-a"),
        ("A number is beyond 255.", "10.1.0.256"),
        ("A number has a leading zero.", "10.1.0.05"),
        ("It is part of an address.", "10.1.5"),
        ("It is a single number.", "167837701"),
        ("It has a space behind it.", "10.1.0.5 "),
        ("It has a line break behind it.", "10.1.0.5\n"),
    ):
        yield Case(
            broken=f"spec.{addresses}[]",
            bound=MUST_BE_ADDRESS,
            because=because,
            set=f"{addresses}[0]",
            value=address,
            answer=f"spec.{addresses}[0]: Invalid value: {quoted(address)}: {MUST_BE_ADDRESS}",
        )
    yield Case(
        broken=f"spec.{addresses}",
        bound=MUST_NAME_ADDRESSES_ONCE,
        because="An address is there twice.",
        set=addresses,
        value=["10.1.0.5", "10.1.0.5"],
        answer=f"spec.{addresses}: Invalid value: {MUST_NAME_ADDRESSES_ONCE}",
    )
    for field, value, sentence in (("hostnames", HOSTNAME, HAS_PUBLIC_NAMES), ("privateIPAddresses", "10.1.0.5", HAS_NO_PRIVATE_ADDRESS)):
        yield Case(
            broken="spec",
            bound=f"{sentence} (.gateway.{field})",
            because="The mode is Integration.",
            of={**least(), "gateway": {}},
            set=f"gateway.{field}",
            value=[value],
            answer=f"spec.gateway.{field}: Invalid value: {sentence}",
        )


def _rules() -> Iterator[Case]:
    rules = "networkSecurityGroup.additionalRules"
    first = f"{rules}[0]"
    yield too_many(rules, [rule(f"rule-{number}", priority=200 + number) for number in range(101)], limit=100)
    for field in ("name", "priority", "direction", "access", "protocol", "peer", "ports"):
        yield required(f"{first}.{field}")
    yield too_long(f"{first}.name", "n" * 51, limit=50)
    for because, name in (
        ("It is empty.", ""),
        ("It begins with a hyphen.", "-office"),
        ("It ends with a full stop.", "office."),
        ("It has a space.", "my office"),
        ("It has a slash.", "office/../../x"),
        ("It has a letter that Azure does not take.", "b\u00fcro"),
        ("It has a line break behind it.", "office\n"),
    ):
        yield Case(
            broken=f"spec.{rules}[].name",
            bound=MUST_BE_RULE_NAME,
            because=because,
            set=f"{first}.name",
            value=name,
            answer=f"spec.{first}.name: Invalid value: {quoted(name)}: {MUST_BE_RULE_NAME}",
        )
    yield Case(
        broken=f"spec.{rules}[].name",
        bound=MUST_NOT_BE_GATEWAY,
        because="It could become the name of a rule that the gateway requires.",
        set=f"{first}.name",
        value="Gateway-internet",
        answer=f'spec.{first}.name: Invalid value: "Gateway-internet": {MUST_NOT_BE_GATEWAY}',
    )
    yield Case(
        broken=f"spec.{rules}",
        bound="x-kubernetes-list-map-keys",
        because="Two rules have one name.",
        set=f"{rules}[1].name",
        value="office",
        answer=f'spec.{rules}[1]: Duplicate value: {{"name":"office"}}',
    )
    yield Case(
        broken=f"spec.{rules}",
        bound=MUST_DIFFER,
        because="The names of two rules differ in case only.",
        set=f"{rules}[1].name",
        value="Office",
        answer=f"spec.{rules}: Invalid value: {MUST_DIFFER}",
    )
    yield Case(
        broken=f"spec.{rules}",
        bound=MUST_HAVE_PRIORITY_ONCE,
        because="Two rules of one direction have one priority.",
        set=f"{rules}[1].direction",
        value="Inbound",
        answer=f"spec.{rules}: Invalid value: {MUST_HAVE_PRIORITY_ONCE}",
    )
    yield too_small(f"{first}.priority", 99, limit=100)
    yield too_large(f"{first}.priority", 4097, limit=4096)
    yield choice(f"{first}.direction", "inbound", choices='"Inbound", "Outbound"')
    yield choice(f"{first}.access", "allow", choices='"Allow", "Deny"')
    yield choice(f"{first}.protocol", "TCP", choices='"Tcp", "Udp", "Icmp", "Esp", "Ah", "*"')
    yield Case(
        broken=f"spec.{rules}[].description",
        bound="minLength",
        because="It is empty. Leave the field out instead.",
        set=f"{first}.description",
        value="",
        answer=f'spec.{first}.description: Invalid value: "": spec.{first}.description in body should be at least 1 chars long',
    )
    yield too_long(f"{first}.description", "d" * 141, limit=140)


def _peers() -> Iterator[Case]:
    peer = "networkSecurityGroup.additionalRules[0].peer"
    any_peer = "spec.networkSecurityGroup.additionalRules[].peer"
    for because, value in (
        ("There is neither.", {}),
        ("There are both.", {"prefixes": ["203.0.113.0/24"], "serviceTag": "Internet"}),
    ):
        yield Case(
            broken=any_peer,
            bound=MUST_BE_ONE_PEER,
            because=because,
            set=peer,
            value=value,
            answer=f"spec.{peer}: Invalid value: {MUST_BE_ONE_PEER}",
        )
    yield empty(f"{peer}.prefixes")
    yield too_many(f"{peer}.prefixes", [f"203.0.113.{number}" for number in range(51)], limit=50)
    yield too_long(f"{peer}.prefixes[0]", "255.255.255.255/032", limit=18)
    for because, prefix in (
        ("It is empty.", ""),
        ("It is an IPv6 prefix.", "2001:db8::/32"),
        ("It is an IPv6 address.", "2001:db8::7"),
        ("It is a service tag.", "VirtualNetwork"),
        ("It is a star; for any address write 0.0.0.0/0.", "*"),
        ("A number is beyond 255.", "203.0.113.256"),
        ("The length is beyond 32.", "203.0.113.0/33"),
        ("The length has a leading zero.", "10.0.0.0/08"),
        ("A number has a leading zero.", "203.0.113.07"),
        ("It has no length behind the slash.", "203.0.113.0/"),
        ("It is a mask.", "10.0.0.0/255.0.0.0"),
        ("It is a range.", "10.0.0.1-10.0.0.9"),
        ("It is part of an address.", "203.0.113/24"),
        ("It has a space in front.", " 203.0.113.0/24"),
        ("It has a line break behind it.", "203.0.113.0/24\n"),
    ):
        yield Case(
            broken=f"{any_peer}.prefixes[]",
            bound=MUST_BE_PREFIX,
            because=because,
            set=f"{peer}.prefixes[0]",
            value=prefix,
            answer=f"spec.{peer}.prefixes[0]: Invalid value: {quoted(prefix)}: {MUST_BE_PREFIX}",
        )
    yield Case(
        broken=f"{any_peer}.prefixes[]",
        bound=MUST_BE_MASKED,
        because="It is an address with the length of its network.",
        set=f"{peer}.prefixes[0]",
        value="203.0.113.7/24",
        answer=f'spec.{peer}.prefixes[0]: Invalid value: "203.0.113.7/24": {MUST_BE_MASKED}',
    )
    for because, prefixes in (
        ("One prefix lies in another.", ["10.0.0.0/8", "10.1.0.0/16"]),
        ("An address lies in a prefix.", ["203.0.113.7", "203.0.113.0/24"]),
        ("A prefix is there twice.", ["203.0.113.0/24", "203.0.113.0/24"]),
        ("An address is there twice, once as a prefix.", ["203.0.113.7", "203.0.113.7/32"]),
        ("Everything lies in 0.0.0.0/0.", ["0.0.0.0/0", "203.0.113.0/24"]),
    ):
        yield Case(
            broken=f"{any_peer}.prefixes",
            bound=MUST_NOT_OVERLAP,
            because=because,
            set=f"{peer}.prefixes",
            value=prefixes,
            answer=f"spec.{peer}.prefixes: Invalid value: {MUST_NOT_OVERLAP}",
        )
    tagged = "networkSecurityGroup.additionalRules[1].peer.serviceTag"
    yield Case(
        broken=f"{any_peer}.serviceTag",
        bound="maxLength",
        because="It is longer than 80 characters, which the server calls bytes.",
        set=tagged,
        value="T" * 81,
        answer=f"[spec.{tagged}: Too long: may not be more than 80 bytes, {UNCHECKED}]",
    )
    for because, tag in (
        ("It is empty.", ""),
        ("It is a star; for any address use the prefix 0.0.0.0/0.", "*"),
        ("It is an address.", "203.0.113.7"),
        ("There is a space in it.", "Storage UKSouth"),
        ("There is no region behind the full stop.", "Storage."),
    ):
        yield Case(
            broken=f"{any_peer}.serviceTag",
            bound=MUST_BE_SERVICE_TAG,
            because=because,
            set=tagged,
            value=tag,
            answer=f'spec.{tagged}: Invalid value: "{tag}": {MUST_BE_SERVICE_TAG}',
        )


def _ports() -> Iterator[Case]:
    ports = "networkSecurityGroup.additionalRules[0].ports"
    any_ports = "spec.networkSecurityGroup.additionalRules[].ports"
    yield empty(ports)
    yield too_many(ports, [str(number) for number in range(33)], limit=32)
    yield too_long(f"{ports}[0]", "10000-100000", limit=11)
    for because, value in (
        ("It is empty.", ""),
        ("It has leading zeros.", "00443"),
        ("The end of the range has a leading zero.", "80-090"),
        ("It is a name.", "https"),
        ("It is negative.", "-1"),
        ("The range has no end.", "1000-"),
        ("It is a list; write one entry each.", "80,443"),
        ("There are spaces in it.", "80 - 90"),
        ("It has a line break behind it.", "443\n"),
        ("The star is part of a range.", "80-*"),
    ):
        yield Case(
            broken=f"{any_ports}[]",
            bound=MUST_BE_PORT,
            because=because,
            set=f"{ports}[0]",
            value=value,
            answer=f"spec.{ports}[0]: Invalid value: {quoted(value)}: {MUST_BE_PORT}",
        )
    for because, value in (
        ("There is no such port.", "65536"),
        ("The range ends beyond the last port.", "60000-65536"),
        ("The range begins above its end.", "2000-1000"),
        ("The range has one port; write just the port.", "443-443"),
    ):
        yield Case(
            broken=f"{any_ports}[]",
            bound=MUST_BE_IN_ORDER,
            because=because,
            set=f"{ports}[0]",
            value=value,
            answer=f'spec.{ports}[0]: Invalid value: "{value}": {MUST_BE_IN_ORDER}',
        )
    yield Case(
        broken=any_ports,
        bound=MUST_NAME_PORTS_ONCE,
        because="A port is there twice.",
        set=ports,
        value=["443", "80", "443"],
        answer=f"spec.{ports}: Invalid value: {MUST_NAME_PORTS_ONCE}",
    )
    yield Case(
        broken=any_ports,
        bound=MUST_HAVE_STAR_ALONE,
        because="There are ports beside the star.",
        set=ports,
        value=["*", "443"],
        answer=f"spec.{ports}: Invalid value: {MUST_HAVE_STAR_ALONE}",
    )


def _dns() -> Iterator[Case]:
    zones, networks = "dns.zones", "dns.linkedVirtualNetworkIds"
    yield Case(
        broken="spec",
        bound=f"{HAS_PUBLIC_NAMES} (.dns)",
        because="The mode is Integration.",
        of=least(),
        set="dns",
        value={},
        answer=f"spec.dns: Invalid value: {HAS_PUBLIC_NAMES}",
    )
    yield choice("dns.management", "None", choices='"AzurePrivateZone", "Manual"')
    yield required(f"{zones}[0].id")
    yield too_many(zones, [{"id": f"{ZONES}/{number}.azure-api.net"} for number in range(11)], limit=10)
    for because, value in (
        ("A zone is there twice.", [{"id": ZONE}, {"id": ZONE}]),
        ("The zones are in different subscriptions.", [{"id": ZONE}, {"id": ZONE.replace(OTHER_SUBSCRIPTION, SUBSCRIPTION).upper()}]),
    ):
        yield Case(
            broken=f"spec.{zones}",
            bound=MUST_BE_ZONES_OF_DIFFERENT_NAMES,
            because=because,
            set=zones,
            value=value,
            answer=f"spec.{zones}: Invalid value: {MUST_BE_ZONES_OF_DIFFERENT_NAMES}",
        )
    yield too_many(networks, [f"{SPOKE}-{number}" for number in range(21)], limit=20)
    yield Case(
        broken=f"spec.{networks}",
        bound=MUST_NAME_NETWORKS_ONCE,
        because="A network is there twice.",
        set=networks,
        value=[SPOKE, SPOKE.upper()],
        answer=f"spec.{networks}: Invalid value: {MUST_NAME_NETWORKS_ONCE}",
    )
    yield too_small("dns.ttlSeconds", 0, limit=1)
    yield too_large("dns.ttlSeconds", 86401, limit=86400)
    yield choice("dns.onConflict", "Overwrite", choices='"Fail", "Adopt"')


def _tags() -> Iterator[Case]:
    yield too_many("tags", {f"tag-{number}": "" for number in range(11)}, limit=10, bound="maxProperties")
    yield Case(
        broken="spec.tags{}",
        bound="maxLength",
        because="The value is longer than 256 characters, which the server calls bytes.",
        set="tags",
        value={"costCentre": "v" * 257},
        answer=f"[spec.tags.costCentre: Too long: may not be more than 256 bytes, {UNCHECKED}]",
    )
    for because, name in (
        ("A name is empty.", ""),
        ("A name is too long.", "T" * 513),
        ("A name has a slash.", "cost/centre"),
        ("A name has a backslash.", "cost\\centre"),
        ("A name has a percent sign.", "100%"),
        ("A name has a line break.", "cost\ncentre"),
    ):
        yield Case(
            broken="spec.tags",
            bound=MUST_BE_TAG_NAME,
            because=because,
            set="tags",
            value={name: "4711"},
            answer=f"spec.tags: Invalid value: {MUST_BE_TAG_NAME}",
        )
    yield Case(
        broken="spec.tags",
        bound=MUST_NOT_BE_MARK,
        because="A name is one of the operator's marks, or could become one.",
        set="tags",
        value={"WGN-owner": "me"},
        answer=f"spec.tags: Invalid value: {MUST_NOT_BE_MARK}",
    )
    yield Case(
        broken="spec.tags",
        bound=MUST_DIFFER,
        because="Two names differ in case only.",
        set="tags",
        value={"costCentre": "4711", "CostCentre": "4712"},
        answer=f"spec.tags: Invalid value: {MUST_DIFFER}",
    )
