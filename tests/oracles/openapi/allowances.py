"""Where Azure itself, or a test on purpose, is other than the documents say: a short list, each entry with its reason."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from oracles.openapi.validator import Finding

Side = Literal["request", "response"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """Findings that are none. They must agree in everything that is said here."""

    sides: tuple[Side, ...] = ("response",)
    operations: str
    """A regular expression for the whole operationId."""
    code: str
    path: str
    """A regular expression for the whole path in the body."""
    because: str

    def covers(self, *, side: Side, operation: str | None, finding: Finding) -> bool:
        """Whether this is such a finding."""
        return (
            side in self.sides
            and finding.code == self.code
            and re.fullmatch(self.operations, operation or "") is not None
            and re.fullmatch(self.path, finding.path) is not None
        )


ALLOWANCES: Final = (
    Allowance(
        operations=r"(PrivateZones|VirtualNetworkLinks|RecordSets)_\w+",
        code="OBJECT_ADDITIONAL_PROPERTIES",
        path=r"/(code|message)",
        because="private DNS does not wrap its errors in 'error', whatever its document says",
    ),
    Allowance(
        operations=r"ApiGateway_\w+",
        code="OBJECT_ADDITIONAL_PROPERTIES",
        path=r"(/value/\d+)?/properties/frontend/inboundIPAddresses",
        because="Azure shows a gateway's addresses from 2024-06-01-preview on, and no version declares them",
    ),
    Allowance(
        operations=r"(VirtualNetworks|Subnets|ServiceAssociationLinks)_\w+",
        code="OBJECT_ADDITIONAL_PROPERTIES",
        path=r"(|.*/serviceAssociationLinks/\d+|/value/\d+)/properties/(enabledForArmDeployments|subnetId)",
        because="Azure shows these two of a service association link, and its document does not declare them",
    ),
    Allowance(
        operations=r"(VirtualNetworks|Subnets)_\w+",
        code="OBJECT_ADDITIONAL_PROPERTIES",
        path=r".*/properties/(ipamPoolPrefixAllocations|routeServiceVips)",
        because="Azure shows these of subnets and of peerings, and the document of this version does not declare them",
    ),
    Allowance(
        operations=r"(VirtualNetworks|Subnets|NetworkSecurityGroups|SecurityRules)_\w+",
        code="OBJECT_ADDITIONAL_PROPERTIES",
        path=r"/error/additionalInfo",
        because="Azure Policy says here which policy forbids a write, whatever the resource provider declares",
    ),
    Allowance(
        sides=("request", "response"),
        operations=r"(VirtualNetworks|Subnets|NetworkSecurityGroups|RecordSets)_\w+",
        code="OBJECT_ADDITIONAL_PROPERTIES",
        path=r".*/properties/(somethingFromTheFuture|propertyOfTheFuture|aPropertyOfTomorrow)",
        because="tests sow these to see that a property unknown to everybody survives a PUT",
    ),
    Allowance(
        operations=r"(SecurityRules|NetworkSecurityGroups)_\w+",
        code="ENUM_CASE_MISMATCH",
        path=r".*/properties/protocol",
        because="Azure takes protocols in any case and keeps the spelling",
    ),
)
