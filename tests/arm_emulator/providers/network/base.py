"""How the Microsoft.Network provider writes: conditions, locks, asynchronous operations and etags."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from arm_emulator.arm import Answer, ArmPath, Call, Document, provider_error
from arm_emulator.operations import Operation
from arm_emulator.providers.base import region
from arm_emulator.providers.network.provider import NetworkType
from arm_emulator.settings import Conflict
from arm_emulator.store import Resource, new_guid

LOCK_RETRY_SECONDS = 11
"""The Retry-After of a 429 for a locked network (recorded: 11 to 14)."""


class NetworkResourceType(NetworkType):
    """A type of Microsoft.Network whose writes are asynchronous.

    A *root* (network, security group) and its children are one unit: they are locked together and, where the
    etags' scope is the network, carry one etag. ``label`` is the type's name in the names of operations.
    """

    label: ClassVar[str]
    put_seconds: ClassVar[float] = 4
    delete_seconds: ClassVar[float] = 10
    put_retry_after: ClassVar[float]
    delete_retry_after: ClassVar[float]
    conditional_always: ClassVar[bool] = True
    """Whether If-Match counts whatever ``--if-match`` says: recorded on networks and security groups only."""

    def read(self, call: Call) -> Answer:
        resource = self.get(call.path)
        body = self.render(resource, api_version=call.api_version)
        return Answer(status=200, body=body, headers={"ETag": body["etag"]})

    def writable(self, document: Document) -> Document:
        """Regions are kept without case and spaces: ``West Europe`` comes back as ``westeurope``."""
        kept = super().writable(document)
        return kept | {"location": region(str(kept["location"]))} if "location" in kept else kept

    def place(self, path: ArmPath, document: Document) -> Resource:
        resource = super().place(path, document)
        self.touch([resource])
        return resource

    def nested(self, root: Resource, name: str) -> Resource:
        """The child of this name in a network or security group, which is new where there is none yet."""
        id = f"{root.id}/{self.name.rsplit('/', 1)[1]}/{name}"
        return self.world.store.get(id) or Resource(id=id, type=self.name, document={})

    def displace(self, resource: Resource) -> None:
        root = self.root(resource)
        super().displace(resource)
        if root is not resource:
            self.touch([root])

    def root(self, resource: Resource) -> Resource:
        """The network or security group that a resource belongs to; itself for these."""
        above = resource.id.rsplit("/", 2)[0]
        return self.world.store.get(above) or resource

    def etag(self, resource: Resource) -> str:
        """The etag that a resource shows: its own, or its network's where a network has one for all."""
        shared = self.world.settings.if_match != "own"
        return quoted(self.root(resource).etag if shared else resource.etag)

    def count_beside(self, path: ArmPath, document: Document) -> int:
        """How many resources of this type there are in the subscription and region of a new one."""
        here = region(str(document.get("location")))
        existing = self.world.store.of_type(self.name, below=f"/subscriptions/{path.subscription}")
        return sum(region(each.location) == here for each in existing)

    def touch(self, changed: Sequence[Resource]) -> None:
        """Give changed resources and their root a new etag."""
        etag = new_guid()
        for each in [self.root(changed[0]), *changed]:
            each.etag = etag

    # --- conditions and locks -----------------------------------------------------------------------------------

    def check_conditions(self, call: Call, resource: Resource | None, *, id: str) -> None:
        """Raise 412 when If-Match or If-None-Match does not hold."""
        unless = call.headers.get("if-none-match")
        if unless is not None and resource is not None and (unless == "*" or _bare(unless) == _bare(self.etag(resource))):
            raise provider_error(412, "PreconditionFailed", f"Precondition failed. Resource {resource.id} already exists.")
        wanted = call.headers.get("if-match")
        mode = self.world.settings.if_match
        if wanted is None or (mode == "ignored" and not self.conditional_always):
            return
        current = None if resource is None else self.etag(resource)
        if current is None or (wanted != "*" and _bare(wanted) != _bare(current)):
            raise _etag_mismatch(id, wanted=_bare(wanted), current=current)

    def check_lock(self, call: Call, root: Resource, *, policy: Conflict) -> None:
        """Refuse a second write while another operation holds the root."""
        running = self.world.operations.running_on(root.key)
        if not running or policy == "off":
            return
        first = running[0]
        if policy == "409":
            url = self._operation_url(call, first, "operations")
            raise provider_error(
                409,
                "AnotherOperationInProgress",
                f"Another operation on this or dependent resource is in progress. To retrieve status of the operation use uri: {url}.",
            )
        wait = self.world.clock.retry_after(LOCK_RETRY_SECONDS)
        detail = {
            "code": "RetryableErrorDueToAnotherOperation",
            "message": f"Operation {first.kind} ({first.id}) is updating resource {root.id}. The call can be retried in {wait} seconds.",
        }
        raise provider_error(
            429,
            "RetryableError",
            "A retryable error occurred.",
            details=[detail],
            headers={"Retry-After": wait, "x-ms-failure-cause": "service"},
        )

    # --- writes -------------------------------------------------------------------------------------------------

    def put(self, call: Call, resource: Resource, *, created: bool, also: Sequence[Resource] = ()) -> Answer:
        """Start the operation of a PUT whose effect is in the store, and answer it."""
        root = self.root(resource)
        targets = [resource, *also]
        for each in targets:
            each.provisioning_state = "Updating"
        if root is not resource:
            root.provisioning_state = "Updating"

        def finish(succeeded: bool) -> None:
            resource.provisioning_state = "Succeeded" if succeeded else "Failed"
            self._settle([*also, root])
            if self.world.store.get(resource.id) is resource:
                self.touch(targets)

        operation = self._start(call, f"Put{self.label}Operation", [*targets, root], self.put_seconds, finish)
        self.touch(targets)
        headers = self._headers(call, operation) | {"Retry-After": self.world.clock.retry_after(self.put_retry_after)}
        body = self.render(resource, api_version=call.api_version)
        return Answer(status=201 if created else 200, body=body, headers=headers)

    def unchanged(self, call: Call, resource: Resource, *, status: int = 200) -> Answer:
        """Answer a PUT that changes nothing: Succeeded at once, yet with an operation (recorded)."""
        operation = self.world.operations.ended(self._operation(f"Put{self.label}Operation", [resource], 0, lambda _: None))
        body = self.render(resource, api_version=call.api_version)
        return Answer(status=status, body=body, headers=self._headers(call, operation))

    def retag(self, call: Call, root: Resource, document: Document, *, status: int = 200) -> Answer:
        """Answer a PUT that changes nothing but tags, if anything: done at once (recorded)."""
        if root.document != document:
            root.document = document
            self.touch([root])
        return self.unchanged(call, root, status=status)

    def start_delete(self, call: Call, resource: Resource, *, gone: Callable[[], None] = lambda: None) -> Answer:
        """Start the operation of a DELETE; the resource goes when it ends."""
        root = self.root(resource)
        resource.provisioning_state = "Deleting"
        if root is not resource:
            root.provisioning_state = "Updating"

        def finish(succeeded: bool) -> None:
            if succeeded:
                self.world.store.remove(resource.id)
                gone()
            else:
                resource.provisioning_state = "Failed"
            if root is not resource:
                self._settle([root])
                self.touch([root])

        operation = self._start(call, f"Delete{self.label}Operation", [resource, root], self.delete_seconds, finish, deletes=True)
        headers = self._headers(call, operation) | {
            "Location": self._operation_url(call, operation, "operationResults"),
            "Retry-After": self.world.clock.retry_after(self.delete_retry_after),
        }
        return Answer(status=202, headers=headers)

    def _settle(self, resources: Sequence[Resource]) -> None:
        """Resources that no other operation is busy with are Succeeded again."""
        for each in resources:
            busy = self.world.operations.running_on(each.key)
            if not busy and each.provisioning_state == "Updating":
                each.provisioning_state = "Succeeded"

    def _start(
        self,
        call: Call,
        kind: str,
        targets: Sequence[Resource],
        seconds: float,
        finish: Callable[[bool], None],
        *,
        deletes: bool = False,
    ) -> Operation:
        operation = self._operation(kind, targets, seconds, finish, deletes=deletes)
        return self.world.operations.start(operation, settings=self.world.settings, fault=call.operation_fault)

    def _operation(
        self,
        kind: str,
        targets: Sequence[Resource],
        seconds: float,
        finish: Callable[[bool], None],
        *,
        deletes: bool = False,
    ) -> Operation:
        return Operation(
            kind=kind,
            subscription=targets[0].id.split("/")[2],
            location=region(targets[0].location or self.root(targets[0]).location),
            target=targets[0].id,
            duration=seconds,
            locks=frozenset(each.key for each in targets),
            finish=finish,
            deletes=deletes,
        )

    def _headers(self, call: Call, operation: Operation) -> dict[str, str]:
        return {
            "Azure-AsyncOperation": self._operation_url(call, operation, "operations"),
            "Azure-AsyncNotification": "Enabled",
        }

    @staticmethod
    def _operation_url(call: Call, operation: Operation, view: str) -> str:
        return (
            f"{call.base_url}/subscriptions/{operation.subscription}/providers/Microsoft.Network"
            f"/locations/{operation.location}/{view}/{operation.id}?api-version={call.api_version}"
        )


def quoted(etag: str) -> str:
    """An etag as the network provider writes it: ``W/"guid"``."""
    return f'W/"{etag}"'


def _bare(etag: str) -> str:
    return etag.strip().removeprefix("W/").strip('"')


def _etag_mismatch(id: str, *, wanted: str, current: str | None) -> Exception:
    detail = {
        "code": "PreconditionFailedEtagMismatch",
        "message": f"Etag provided in if-match header {quoted(wanted)} does not match etag "
        f"{current or quoted('')} of resource {id} in NRP data store.",
    }
    return provider_error(412, "PreconditionFailed", "Precondition failed.", details=[detail])
