"""Record sets: written at once, under conditions that fail at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from arm_emulator.arm import Answer, ArmError, ArmPath, Call, Document
from arm_emulator.providers.base import body_of
from arm_emulator.providers.private_dns.base import LINKS, ZONES, PrivateDnsResourceType
from arm_emulator.providers.private_dns.errors import BareError, bad_request, parent_not_found, unmet
from arm_emulator.providers.private_dns.spelling import lower_case_id
from arm_emulator.store import Resource
from arm_emulator.world import World

MOST_RECORD_SETS = 25_000
MOST_RECORDS = 20
LONGEST_TTL = 2**31 - 1
DEFAULT_TTL = 3600
_NAME = re.compile(r"@|(\*|[A-Za-z0-9_-]{1,63})(\.[A-Za-z0-9_-]{1,63})*")


class RecordSets(PrivateDnsResourceType):
    """Record sets of one type. ``field`` names the property that holds the records: a list, but for types of ``single``."""

    field: ClassVar[str]
    single: ClassVar[bool] = False
    read_only = frozenset({"provisioningState", "fqdn", "isAutoRegistered"})

    def orphaned(self, call: Call, _missing: ArmError) -> ArmError:
        return parent_not_found(call.method, call.path)

    def spelled_id(self, path: ArmPath) -> str:
        """Names of record sets are kept in lower case (recorded)."""
        above, _, name = super().spelled_id(path).rpartition("/")
        return f"{above}/{name.lower()}"

    def missing(self, path: ArmPath) -> ArmError:
        return BareError(
            404,
            "NotFound",
            f"The resource record '{path.name}' does not exist in resource group '{path.resource_group}' of subscription "
            f"'{path.subscription}'.",
        )

    def writable(self, document: Document) -> Document:
        properties = super().writable(document)["properties"]
        if not self.single:
            properties.setdefault(self.field, [])
        return {"properties": {name: value for name, value in properties.items() if name != "metadata" or value}}

    def show(self, resource: Resource) -> Document:
        shown = super().show(resource)
        zone = resource.id.split("/")[8]
        metadata = {"metadata": resource.properties["metadata"]} if "metadata" in resource.properties else {}
        shown["properties"] = {
            **metadata,
            "fqdn": f"{zone}." if resource.name == "@" else f"{resource.name}.{zone}.",
            **resource.properties,
            "isAutoRegistered": bool(resource.generated.get("isAutoRegistered")),
        }
        return lower_case_id(shown) if self.world.settings.private_dns.lower_case_ids else shown

    # --- verbs --------------------------------------------------------------------------------------------------

    def write(self, call: Call) -> Answer:
        return self._put(call, self.find(call.path), self.writable(body_of(call)))

    def patch(self, call: Call) -> Answer:
        record_set = self.get(call.path)
        body = body_of(call)
        changes = super().writable(body)["properties"]
        document = self.writable({"properties": {**record_set.properties, **changes}})
        return self._put(call, record_set, document)

    def delete(self, call: Call) -> Answer:
        record_set = self.find(call.path)
        if record_set is None:
            return Answer(status=204)
        self._check_conditions(call, record_set)
        self.check_deletion(record_set)
        self.world.store.remove(record_set.id)
        return Answer(status=200)

    def check_deletion(self, record_set: Resource) -> None:
        """Raise what keeps a record set from being deleted."""

    def check_record(self, record: Document) -> None:
        """Raise for a record that cannot be."""

    def _put(self, call: Call, record_set: Resource | None, document: Document) -> Answer:
        created = record_set is None
        self._check(call.path, document["properties"])
        self._check_conditions(call, record_set)
        if record_set is None:
            self._check_room(call.path)
            record_set = self.new(call.path, document)
        record_set.document = document
        self.keep(record_set)
        body = self.render(record_set, api_version=call.api_version)
        return Answer(status=201 if created else 200, body=body, headers={"ETag": record_set.etag}, escaped=True)

    def _check_conditions(self, call: Call, record_set: Resource | None) -> None:
        name = call.path.name.lower()
        error = unmet(
            call.headers,
            etag=record_set.etag if record_set else None,
            exists=f"The Record set {name} exists already and hence cannot be created again.",
            modified=f"The Record set {name} has been modified (etag mismatch).",
        )
        if error is not None:
            raise BareError(412, error["code"], error["message"])

    def _check(self, path: ArmPath, properties: Document) -> None:
        if not _NAME.fullmatch(path.name) or len(f"{path.name}.{path.names[0]}") > 253:
            raise bad_request(f"The domain name '{path.name}.{path.names[0]}' is invalid.")
        ttl = properties.get("ttl")
        if isinstance(ttl, bool) or not isinstance(ttl, int) or not 1 <= ttl <= LONGEST_TTL:
            raise bad_request(f"The TTL of the record set '{path.name}' must be from 1 to {LONGEST_TTL} seconds.")
        metadata = properties.get("metadata", {})
        if not isinstance(metadata, dict) or not all(isinstance(each, str) for each in metadata.values()):
            raise bad_request(f"The metadata of the record set '{path.name}' must be a map of texts.")
        records = self._records(properties.get(self.field))
        if records is None:
            raise bad_request(f"The property '{self.field}' of the record set '{path.name}' is invalid.")
        if len(records) > MOST_RECORDS:
            raise bad_request(f"The record set '{path.name}' has more than {MOST_RECORDS} records.")
        if any(each in records[:index] for index, each in enumerate(records)):
            raise bad_request(f"The record set '{path.name}' has a record more than once.")
        for each in records:
            self.check_record(each)

    def _records(self, value: Any) -> list[Document] | None:
        records = ([] if value is None else [value]) if self.single else value
        return records if isinstance(records, list) and all(isinstance(each, dict) for each in records) else None

    def _check_room(self, path: ArmPath) -> None:
        parent = path.parent
        assert parent is not None
        links = self.world.store.children(parent.text, LINKS)
        if self.world.store.count_children(parent.text) - len(links) >= MOST_RECORD_SETS:
            raise bad_request(f"The limit of {MOST_RECORD_SETS} record sets of the Private DNS zone '{parent.name}' has been reached.")


class AllRecordSets(PrivateDnsResourceType):
    """``GET …/{zone}/ALL``: the record sets of every type."""

    name = f"{ZONES}/ALL"
    stored = False

    def __init__(self, world: World, *, record_types: Sequence[RecordSets]) -> None:
        super().__init__(world)
        self.record_types = record_types

    def orphaned(self, call: Call, _missing: ArmError) -> ArmError:
        return parent_not_found(call.method, call.path)

    def seen(self, path: ArmPath) -> dict[str, Document]:
        parent = path.parent
        assert parent is not None
        found: dict[str, Document] = {}
        for each in self.record_types:
            found |= each.seen(path)
        return found
