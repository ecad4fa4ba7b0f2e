"""How private DNS answers, and how zones and links are written: always 202, with conditions that fail afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from arm_emulator.arm import Answer, ArmPath, Call, Document
from arm_emulator.operations import Operation
from arm_emulator.providers.base import body_of
from arm_emulator.providers.private_dns.errors import location_not_available, unmet
from arm_emulator.providers.private_dns.operations import operation_headers
from arm_emulator.providers.private_dns.provider import PrivateDnsType
from arm_emulator.store import Resource, new_guid

ZONES = "Microsoft.Network/privateDnsZones"
LINKS = f"{ZONES}/virtualNetworkLinks"


class PrivateDnsResourceType(PrivateDnsType):
    """A type of private DNS: slashes are escaped, a GET carries the etag, and lists may lag behind."""

    def read(self, call: Call) -> Answer:
        resource = self.get(call.path)
        body = self.render(resource, api_version=call.api_version)
        return Answer(status=200, body=body, headers={"ETag": resource.etag}, escaped=True)

    def list(self, call: Call) -> Answer:
        return self.documents(call, self.seen(call.path))

    def place(self, path: ArmPath, document: Document) -> Resource:
        resource = super().place(path, document)
        resource.etag = self.new_etag()
        self.world.listings.note_as_old(resource.key, self.show(resource))
        return resource

    def displace(self, resource: Resource) -> None:
        super().displace(resource)
        self.world.listings.note_as_old(resource.key, None)

    def new(self, path: ArmPath, document: Document) -> Resource:
        resource = super().new(path, document)
        resource.etag = self.new_etag()
        return resource

    def new_etag(self) -> str:
        """A bare guid, without quotes (recorded)."""
        return new_guid()

    def show(self, resource: Resource) -> Document:
        return super().show(resource) | {"etag": resource.etag}

    def keep(self, resource: Resource) -> None:
        """Put a changed resource into the store under a new etag; lists show it when they have caught up."""
        resource.etag = self.new_etag()
        self.world.store.put(resource)
        self.world.listings.note(resource.key, self.show(resource))

    # --- lists --------------------------------------------------------------------------------------------------

    def seen(self, path: ArmPath) -> dict[str, Document]:
        """What a list of this collection shows now, by lower-cased id, in the order of names (recorded)."""
        lag = self.world.settings.private_dns.list_lag
        if lag:
            above = path.parent.text if path.parent else path.text.lower().partition("/providers/")[0]
            shown = {
                key: document
                for key, document in self.world.listings.seen(lag=lag)
                if document["type"] == self.name and key.startswith(f"{above.lower()}/")
            }
        else:
            shown = {each.key: self.show(each) for each in self.listed(path)}
        return dict(sorted(shown.items(), key=lambda each: (each[1]["name"].lower(), each[0])))

    def documents(self, call: Call, shown: Mapping[str, Document]) -> Answer:
        """One page of a list."""
        visible = self.visible(call, [*shown])
        keys = [key for key in shown if key in visible]
        start, end = self.bounds(call, keys)
        value = [self.as_of(shown[key], call.api_version) for key in keys[start:end]]
        body = {"value": value} | self.next_link(call, keys[end:])
        return Answer(status=200, body=body, headers=self.count_listed(call, len(value)), escaped=True)


class AsynchronousType(PrivateDnsResourceType):
    """A type whose writes are answered with 202 and nothing else, even where nothing changes.

    What a write does, and whether its conditions hold, shows when its operation ends. ``label`` is the type's name in
    the names of operations.
    """

    label: ClassVar[str]
    seconds: ClassVar[float] = 20

    def write(self, call: Call) -> Answer:
        body = body_of(call, required=("location",))
        if str(body["location"]).lower() != "global":
            raise location_not_available(str(body["location"]), type=self.name)
        document = self.writable(body)
        self.check(call, document)
        return self._upsert(call, lambda: document)

    def patch(self, call: Call) -> Answer:
        body = body_of(call)
        resource = self.get(call.path)
        properties = self.writable(body)["properties"]
        tags = {"tags": body["tags"]} if "tags" in body else {}
        self.check(call, self._patched(resource.document, properties, tags))
        return self._upsert(call, lambda: self._patched(resource.document, properties, tags))

    def delete(self, call: Call) -> Answer:
        resource = self.find(call.path)
        if resource is None:
            return Answer(status=204)
        self.check_deletion(resource)
        resource.provisioning_state = "Deleting"

        def finish(succeeded: bool) -> None:
            if succeeded:
                self.world.store.remove(resource.id)
            else:
                self._settle(resource)

        def judge() -> Document | None:
            return self._unmet(call, self.find(call.path))

        return self._start(call, "Delete", judge, finish, deletes=True)

    def check(self, _call: Call, _document: Document) -> None:
        """Raise what is refused at once."""
        raise NotImplementedError

    def check_deletion(self, resource: Resource) -> None:
        """Raise what keeps a resource from being deleted."""

    def conflict(self, _path: ArmPath, _document: Document) -> Document | None:
        """The error of a write that finds the world changed when its operation ends."""
        return None

    def announce(self, _path: ArmPath, _document: Document) -> Resource | None:
        """What is to be seen of a new resource before its operation has ended."""
        return None

    def messages(self, path: ArmPath) -> tuple[str, str]:
        """What is said where a resource exists already, and where it has been modified."""
        raise NotImplementedError

    # --- operations ---------------------------------------------------------------------------------------------

    def _upsert(self, call: Call, document: Callable[[], Document]) -> Answer:
        before = self.find(call.path)
        announced = None if before else self.announce(call.path, document())
        if before is not None and before.provisioning_state == "Succeeded":
            before.provisioning_state = "Updating"

        def existing() -> Resource | None:
            found = self.find(call.path)
            return None if found is announced else found

        def judge() -> Document | None:
            return self._homeless(call.path) or self._unmet(call, existing()) or self.conflict(call.path, document())

        def finish(succeeded: bool) -> None:
            resource = self.find(call.path)
            if succeeded:
                resource = resource or self.new(call.path, document())
                resource.document = document()
                self._settle(resource)
                self.keep(resource)
            elif resource is not None and resource is announced:
                self.world.store.remove(resource.id)
            elif resource is not None:
                self._settle(resource)

        return self._start(call, "Upsert", judge, finish)

    def _unmet(self, call: Call, resource: Resource | None) -> Document | None:
        exists, modified = self.messages(call.path)
        return unmet(call.headers, etag=resource.etag if resource else None, exists=exists, modified=modified)

    def _homeless(self, path: ArmPath) -> Document | None:
        """The error of a write whose zone or resource group went before its operation ended."""
        above = path.parent.text if path.parent else path.text.partition("/providers/")[0]
        if self.world.store.get(above) is not None:
            return None
        return {"code": "ParentResourceNotFound", "message": f"The parent resource '{above}' could not be found."}

    def _settle(self, resource: Resource) -> None:
        if not self.world.operations.running_on(resource.key):
            resource.provisioning_state = "Succeeded"

    def _start(
        self,
        call: Call,
        verb: str,
        judge: Callable[[], Document | None],
        finish: Callable[[bool], None],
        *,
        deletes: bool = False,
    ) -> Answer:
        operation = Operation(
            kind=f"{verb}{self.label}",
            subscription=str(call.path.subscription),
            location="global",
            target=call.path.text,
            duration=self.seconds,
            locks=frozenset({call.path.key}),
            judge=judge,
            finish=finish,
            deletes=deletes,
        )
        self.world.operations.start(operation, settings=self.world.settings, fault=call.operation_fault)
        headers = operation_headers(call, operation, clock=self.world.clock)
        return Answer(status=202, body=None if deletes else {}, headers=headers)

    @staticmethod
    def _patched(document: Document, properties: Document, tags: Document) -> Document:
        return {**document, **tags, "properties": {**document["properties"], **properties}}
