"""The conditions in `status.conditions`, in the order in which they are written."""

from __future__ import annotations

from enum import StrEnum


class ConditionType(StrEnum):
    """A condition's type. The details are always there; of `Reconciling` and `Stalled` at most one, and only while True."""

    READY = "Ready"
    RECONCILING = "Reconciling"
    STALLED = "Stalled"
    AZURE_ACCESS = "AzureAccess"
    PREREQUISITES_MET = "PrerequisitesMet"
    SUBNET_DELEGATED = "SubnetDelegated"
    SECURITY_RULES_APPLIED = "SecurityRulesApplied"
    GATEWAY_ATTACHED = "GatewayAttached"
    DNS_RECORDS_PUBLISHED = "DNSRecordsPublished"


DETAILS = (
    ConditionType.AZURE_ACCESS,
    ConditionType.PREREQUISITES_MET,
    ConditionType.SUBNET_DELEGATED,
    ConditionType.SECURITY_RULES_APPLIED,
    ConditionType.GATEWAY_ATTACHED,
    ConditionType.DNS_RECORDS_PUBLISHED,
)
"""The conditions that each speak of one part, in positive polarity; `Ready` sums them up."""
