"""What the fields of a security rule may say."""

from __future__ import annotations

import re
from typing import Any

from arm_emulator.arm import ArmError, provider_error

SINGULARS = ("sourcePortRange", "destinationPortRange", "sourceAddressPrefix", "destinationAddressPrefix")
PLURALS = ("sourcePortRanges", "destinationPortRanges", "sourceAddressPrefixes", "destinationAddressPrefixes")
_CHOICES = {
    "protocol": ("Tcp", "Udp", "Icmp", "Esp", "Ah", "*"),
    "access": ("Allow", "Deny"),
    "direction": ("Inbound", "Outbound"),
}
_TAG = re.compile(r"\*|[A-Za-z][A-Za-z0-9._-]*")
_PORTS = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?")


def check_fields(id: str, rule: dict[str, Any]) -> None:
    """Raise what Azure says to a rule with a field that is missing or cannot be."""
    for field, choices in _CHOICES.items():
        _check_choice(id, field, rule.get(field), choices)
    _check_priority(id, rule.get("priority"))
    if len(rule.get("description", "")) > 140:
        raise provider_error(
            400,
            "SecurityRuleInvalidDescription",
            f"The description of security rule {id} can be up to 140 characters long.",
        )
    for singular, plural in zip(SINGULARS, PLURALS, strict=True):
        _check_presence(id, rule, singular, plural)
        listed = rule.get(plural, [])
        if "Port" in singular:
            for value in [*listed, rule.get(singular, "*")]:
                _check_ports(value)
        else:
            for value in listed:
                _check_listed_address(id, plural, value)


def _check_choice(id: str, field: str, value: object, choices: tuple[str, ...]) -> None:
    if value is None:
        raise _missing(id, field)
    if str(value).lower() not in {each.lower() for each in choices}:
        raise provider_error(
            400,
            "SecurityRuleParameterContainsUnsupportedValue",
            f"Security rule parameter {field} for rule with Id {id} has unsupported value {value}. Supported values: {', '.join(choices)}.",
        )


def _check_priority(id: str, priority: object) -> None:
    if priority is None:
        raise _missing(id, "priority")
    if not isinstance(priority, int) or isinstance(priority, bool) or not 100 <= priority <= 4096:
        raise provider_error(
            400,
            "SecurityRuleInvalidPriority",
            f"Security rule {id} has invalid Priority. Value provided: {priority} Allowed range 100-4096.",
        )


def _check_presence(id: str, rule: dict[str, Any], singular: str, plural: str) -> None:
    """One of the two fields says it, or application security groups do."""
    groups = {"sourceAddressPrefix": "source", "destinationAddressPrefix": "destination"}.get(singular)
    by_group = groups is not None and bool(rule.get(f"{groups}ApplicationSecurityGroups"))
    if not rule.get(singular) and not rule.get(plural) and not by_group:
        raise _missing(id, singular)
    if rule.get(singular) and rule.get(plural):
        raise provider_error(400, "SecurityRuleInvalidParameters", f"Security rule {id} cannot have both {singular} and {plural}.")


def _check_ports(value: object) -> None:
    """A list is of ports and ranges: ``80,443`` is none (reported by clients)."""
    found = _PORTS.fullmatch(str(value))
    if value == "*" or (found and int(found[1]) <= int(found[2] or found[1]) <= 65535):
        return
    raise provider_error(
        400,
        "SecurityRuleInvalidPortRange",
        f"Security rule has invalid Port range. Value provided: {value}. Value should be an integer OR integer range with '-' delimiter. "
        "Valid range 0-65535.",
    )


def _check_listed_address(id: str, field: str, value: object) -> None:
    """Tags stand alone and are in no list (reported by clients); other odd texts are stored unchecked (recorded)."""
    if _TAG.fullmatch(str(value)):
        raise provider_error(
            400,
            "SecurityRuleParameterContainsUnsupportedValue",
            f"Security rule parameter {field[0].upper()}{field[1:]} for rule with Id {id} cannot specify existing VIRTUALNETWORK, INTERNET, "
            f"AZURELOADBALANCER, '*' or system tags. Unsupported value used: {value}.",
        )


def _missing(id: str, field: str) -> ArmError:
    return provider_error(
        400,
        "SecurityRuleParameterMissing",
        f"Required security rule parameters are missing for security rule with Id: {id}. Security rule must specify {field}.",
    )
