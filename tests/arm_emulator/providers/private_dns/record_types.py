"""The types of record sets."""

from __future__ import annotations

import ipaddress

from arm_emulator.arm import ArmPath, Document
from arm_emulator.providers.private_dns.base import ZONES
from arm_emulator.providers.private_dns.errors import bad_request
from arm_emulator.providers.private_dns.record_sets import DEFAULT_TTL, RecordSets
from arm_emulator.store import Resource


class ARecords(RecordSets):
    """IPv4 addresses; a set may be empty."""

    name = f"{ZONES}/A"
    field = "aRecords"

    def check_record(self, record: Document) -> None:
        _check_address(record.get("ipv4Address"), ipaddress.IPv4Address)


class AaaaRecords(RecordSets):
    """IPv6 addresses."""

    name = f"{ZONES}/AAAA"
    field = "aaaaRecords"

    def check_record(self, record: Document) -> None:
        _check_address(record.get("ipv6Address"), ipaddress.IPv6Address)


class CnameRecords(RecordSets):
    """Other names."""

    name = f"{ZONES}/CNAME"
    field = "cnameRecord"
    single = True


class MxRecords(RecordSets):
    """Mail exchangers."""

    name = f"{ZONES}/MX"
    field = "mxRecords"


class PtrRecords(RecordSets):
    """Names of addresses."""

    name = f"{ZONES}/PTR"
    field = "ptrRecords"


class SrvRecords(RecordSets):
    """Services."""

    name = f"{ZONES}/SRV"
    field = "srvRecords"


class TxtRecords(RecordSets):
    """Texts."""

    name = f"{ZONES}/TXT"
    field = "txtRecords"


class SoaRecords(RecordSets):
    """The start of authority: there from the birth of a zone to its end."""

    name = f"{ZONES}/SOA"
    field = "soaRecord"
    single = True

    def place(self, path: ArmPath, document: Document) -> Resource:
        born = {
            "ttl": DEFAULT_TTL,
            "soaRecord": {
                "email": "azureprivatedns-host.microsoft.com",
                "expireTime": 2419200,
                "host": "azureprivatedns.net",
                "minimumTtl": 10,
                "refreshTime": 3600,
                "retryTime": 300,
                "serialNumber": 1,
            },
        }
        return super().place(path, {**document, "properties": {**born, **document.get("properties", {})}})

    def check_deletion(self, record_set: Resource) -> None:
        raise bad_request(f"The record set '{record_set.name}' of type 'SOA' cannot be deleted.")


RECORD_TYPES = (MxRecords, PtrRecords, SrvRecords, CnameRecords, AaaaRecords, ARecords, TxtRecords)
"""The types that come and go, in the order that a list of all has (recorded); the start of authority belongs to its zone."""


def _check_address(text: object, version: type[ipaddress.IPv4Address | ipaddress.IPv6Address]) -> None:
    try:
        version(str(text))
    except ValueError:
        raise bad_request(f"The value '{text}' is not an IPv{version(0).version} address.") from None
