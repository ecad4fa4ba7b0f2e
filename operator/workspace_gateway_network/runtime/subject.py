"""A custom resource as the reconciler reads it: spec and status as models, and what its metadata asks for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import ValidationError

from workspace_gateway_network.api.names import DELETION_POLICY_OVERRIDE, FINALIZER, RECONCILE_REQUESTED_AT
from workspace_gateway_network.api.schema import sentences
from workspace_gateway_network.api.spec import DeletionPolicy, ManagementPolicy, Spec
from workspace_gateway_network.api.status import MAX_REQUEST, Status
from workspace_gateway_network.model.json import JsonObject, canonical, child, text, texts
from workspace_gateway_network.model.owner import Owner
from workspace_gateway_network.model.resource_id import MalformedResourceIdError, ResourceId
from workspace_gateway_network.planning.neighbours import Neighbour, Neighbours
from workspace_gateway_network.planning.scopes import NamespaceScopes

_NOT_ABOUT_AZURE = frozenset({"suspend", "resyncIntervalSeconds", "progressDeadlineSeconds", "deletionPolicy"})
"""Fields of the spec that say when and how long, and not what Azure shall be."""


class InvalidSpecError(ValueError):
    """A spec that the models refuse."""


@dataclass(frozen=True)
class Subject:
    """One resource, as the watch last saw it."""

    resource: JsonObject

    @property
    def _metadata(self) -> JsonObject:
        return child(self.resource, "metadata")

    @property
    def namespace(self) -> str:
        """`metadata.namespace`."""
        return text(self._metadata, "namespace")

    @property
    def generation(self) -> int:
        """`metadata.generation`."""
        generation = self._metadata.get("generation")
        return generation if isinstance(generation, int) else 0

    @property
    def created(self) -> str:
        """`metadata.creationTimestamp`."""
        return text(self._metadata, "creationTimestamp")

    @property
    def is_being_deleted(self) -> bool:
        """Whether somebody asked for the resource to go."""
        return bool(text(self._metadata, "deletionTimestamp"))

    @property
    def has_finalizer(self) -> bool:
        """Whether our finalizer holds the resource."""
        return FINALIZER in texts(self._metadata, "finalizers")

    @property
    def reconcile_requested_at(self) -> str | None:
        """The value of the annotation that asks for a reconcile now, as far as the answer in the status can hold it."""
        return text(child(self._metadata, "annotations"), RECONCILE_REQUESTED_AT)[:MAX_REQUEST] or None

    @property
    def is_asked_to_look(self) -> bool:
        """Whether somebody wants to know how Azure is now, and was not answered yet: what was read before is no answer."""
        return self.reconcile_requested_at not in {None, self.status().last_handled_reconcile_at}

    @property
    def is_released(self) -> bool:
        """Whether the break-glass annotation lets a deletion finish without touching Azure."""
        return text(child(self._metadata, "annotations"), DELETION_POLICY_OVERRIDE) == DeletionPolicy.RETAIN

    @property
    def was_ready(self) -> bool:
        """Whether the last pass left this very generation Ready, and nobody has asked for it to go since."""
        return self.status().is_ready_at(self.generation) and not self.is_being_deleted

    def owner(self, *, cluster_id: str) -> Owner:
        """The owner that the resource is in Azure."""
        return Owner(cluster_id=cluster_id, namespace=self.namespace, name=text(self._metadata, "name"))

    def spec(self) -> Spec:
        """The spec as a model.

        Raises:
            InvalidSpecError: the models refuse it; the text names the field and what is wrong.
        """
        try:
            return Spec.model_validate(child(self.resource, "spec"))
        except ValidationError as error:
            raise InvalidSpecError(next(sentences(error))) from error

    def status(self) -> Status:
        """The status as a model; an empty one where somebody else wrote something that is none."""
        try:
            return Status.model_validate(child(self.resource, "status"))
        except ValidationError:
            return Status()

    @property
    def digest(self) -> str:
        """A digest of what the spec wants Azure to be."""
        wanted = {key: value for key, value in child(self.resource, "spec").items() if key not in _NOT_ABOUT_AZURE}
        return hashlib.sha256(canonical(wanted).encode()).hexdigest()[:16]

    def neighbours(self, others: Iterable[JsonObject], *, cluster_id: str, scopes: NamespaceScopes) -> Neighbours:
        """The other resources, as far as they bear on this one."""
        found = (_neighbour(other, cluster_id=cluster_id, scopes=scopes) for other in others)
        return Neighbours.of(created=self.created, others=filter(None, found))


def wants_finalizer(spec: Spec, *, max_policy: ManagementPolicy = ManagementPolicy.MANAGE) -> bool:
    """Whether deleting the resource would have something to do in Azure."""
    policy = spec.management_policy.at_most(max_policy)
    return spec.deletion_policy is DeletionPolicy.DELETE and policy is ManagementPolicy.MANAGE


def _neighbour(resource: JsonObject, *, cluster_id: str, scopes: NamespaceScopes) -> Neighbour | None:
    subject = Subject(resource)
    owner = subject.owner(cluster_id=cluster_id)
    try:
        subnet_id = ResourceId.parse(text(child(child(resource, "spec"), "subnet"), "id"))
    except MalformedResourceIdError:
        return None
    return Neighbour(
        owner=owner,
        subnet_id=subnet_id,
        created=subject.created,
        may_have_subnet=scopes.of(owner.namespace).covers(subnet_id),
    )
