"""What every reason means and what to do about it, in words for people: `docs/reasons.md` is made from this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from workspace_gateway_network.api.reasons import Reason


@dataclass(frozen=True)
class Meaning:
    """What a reason says, and what a person does about it."""

    meaning: str
    remedy: str


MEANINGS: Mapping[Reason, Meaning] = MappingProxyType(
    {
        Reason.INVALID_SPEC: Meaning(
            "The spec is one that the CRD of this version would refuse, most likely stored under another version's.",
            "Apply the resource again and correct what the API server names.",
        ),
        Reason.SCOPE_NOT_ALLOWED: Meaning(
            "The spec names something in Azure that resources of this namespace may not use, and nothing of it was read; or something found"
            " there would have to be written that they may not write, and it was not. `docs/scopes.md` says how that is set.",
            "Use what the message says that the namespace may use, or have whoever runs the operator allow the rest.",
        ),
        Reason.GATEWAY_REPLACEMENT_REQUIRED: Meaning(
            "A gateway sits in the subnet in another mode than the spec's. A gateway's network cannot be changed, so nothing is touched.",
            "Set `spec.mode` back to the gateway's, or delete the gateway, let this resource converge, and create the gateway anew.",
        ),
        Reason.OWNERSHIP_CONFLICT: Meaning(
            "What this resource wants belongs to another one, here or in another cluster, or has its name but not its marks.",
            "Delete one of the two claims, or rename or remove the thing in Azure that the message names.",
        ),
        Reason.LOCATION_MISMATCH: Meaning(
            "The virtual network, the network security group, the gateway and the API Management service are not all in one region.",
            "Use a network, and a network security group, in the region of the API Management service.",
        ),
        Reason.TIER_UNSUPPORTED: Meaning(
            "The API Management service has a tier that cannot have workspace gateways under the chosen requirements version.",
            "Use a service of a supported tier, or a `spec.requirementsVersion` that lists the tier.",
        ),
        Reason.SUBNET_SIZE_UNSUPPORTED: Meaning(
            "A prefix of the subnet is smaller or larger than a workspace gateway allows, or is no IPv4 prefix.",
            "Use another subnet, /27 to /24; the prefix of a subnet in use cannot be changed.",
        ),
        Reason.SUBNET_NOT_DEDICATED: Meaning(
            "Something other than one workspace gateway is in the subnet.",
            "Move it out, or give the gateway a subnet of its own.",
        ),
        Reason.DELEGATION_CONFLICT: Meaning(
            "The subnet is delegated to another service, by somebody else.",
            "Remove that delegation if nothing needs it, or use another subnet.",
        ),
        Reason.NETWORK_SECURITY_GROUP_CONFLICT: Meaning(
            "Another network security group is attached to the subnet than the one wanted.",
            "Set `spec.networkSecurityGroup.attach: Replace` to have it swapped, or `spec.networkSecurityGroup.id` to the attached one.",
        ),
        Reason.SHADOWED_BY_DENY: Meaning(
            "Somebody's Deny comes before the rule for what the gateway depends on, and blocks some of it or all.",
            "Allow it before that Deny, move or narrow the Deny, or set `spec.networkSecurityGroup.onDeny: Precede`.",
        ),
        Reason.PRIORITY_CONFLICT: Meaning(
            "A rule cannot have a priority that would work: the number is taken by somebody's rule, or none is free where it must be.",
            "Free a number in the network security group, or choose another in `additionalRules`.",
        ),
        Reason.RECORD_CONFLICT: Meaning(
            "A DNS record, a virtual network link or a zone that is wanted exists, is somebody else's, and says something else.",
            "Remove or correct what the message names, or set `spec.dns.onConflict: Adopt` to have it taken over.",
        ),
        Reason.RESOURCE_PROVIDER_NOT_REGISTERED: Meaning(
            "The subscription is not registered for a resource provider that Azure needs for this.",
            "Run `az provider register --namespace Microsoft.Web` for the subscription, or set"
            " `spec.resourceProviderRegistration: Register`.",
        ),
        Reason.SCOPE_LOCKED: Meaning(
            "A lock on the resource, its group or its subscription forbids the change.",
            "Remove the lock, or make the change by hand while it is lifted.",
        ),
        Reason.POLICY_DENIED: Meaning(
            "An Azure Policy assignment forbids the change.",
            "Exempt the resource, or set what the policy asks for, such as `spec.tags`.",
        ),
        Reason.QUOTA_EXCEEDED: Meaning(
            "A limit of the subscription or of the network security group is reached.",
            "Raise the limit with Azure, or remove what is no longer used.",
        ),
        Reason.CONTESTED: Meaning(
            "Somebody else keeps changing what the operator puts right: the same field more than 3 times within an hour. It is put right"
            " ever more rarely now, down to once an hour; everything else goes on. A restart of the operator counts anew.",
            "Find in Azure's activity log who changes it (a pipeline, a policy, another operator), and have one of the two leave it alone.",
        ),
        Reason.AZURE_REFUSED: Meaning(
            "Azure refused a request as it stands, with a code that the message quotes.",
            "Act on the message. If the request looks right, report it as a bug of the operator.",
        ),
        Reason.GATEWAY_FAILED: Meaning(
            "Azure could not create or change the gateway, and `spec.readyWhen` is GatewayPublished.",
            "See the gateway's activity log in Azure, then repair the gateway, or delete it and create it anew.",
        ),
        Reason.DRIFT_DETECTED: Meaning(
            "Under `managementPolicy: Observe` Azure is not as the spec wants it; `status.plan` says what would change.",
            "Set `managementPolicy: Manage`, or make the changes by other means.",
        ),
        Reason.PROGRESS_DEADLINE_EXCEEDED: Meaning(
            "Nothing got better within `spec.progressDeadlineSeconds`; the message repeats the cause.",
            "Act on the cause. The operator goes on trying.",
        ),
        Reason.CREDENTIAL_UNAVAILABLE: Meaning(
            "The operator could not get a token from Microsoft Entra ID.",
            "Check its identity: workload identity label and federated credential, or client id, tenant and secret.",
        ),
        Reason.AUTHORIZATION_FAILED: Meaning(
            "The operator's identity lacks the role action that the message names.",
            "Grant the action at the named scope; role assignments take some minutes to work.",
        ),
        Reason.API_MANAGEMENT_NOT_FOUND: Meaning(
            "There is no API Management service with the id in the spec.",
            "Correct `spec.apiManagement.id`, or create the service.",
        ),
        Reason.VIRTUAL_NETWORK_NOT_FOUND: Meaning(
            "There is no virtual network with the name in `spec.subnet.id`.",
            "Correct the id (by a new resource: it is immutable), or create the network.",
        ),
        Reason.SUBNET_NOT_FOUND: Meaning(
            "The virtual network has no subnet with the name in `spec.subnet.id`.",
            "Create the subnet: the operator never creates one.",
        ),
        Reason.NETWORK_SECURITY_GROUP_NOT_FOUND: Meaning(
            "There is no network security group with the id in the spec.",
            "Correct `spec.networkSecurityGroup.id`, create the group, or leave the field out to have one made.",
        ),
        Reason.PRIVATE_DNS_ZONE_NOT_FOUND: Meaning(
            "There is no private DNS zone with an id in `spec.dns.zones`.",
            "Correct the id, create the zone, or leave it out to have a zone made for each hostname.",
        ),
        Reason.RESOURCE_GROUP_NOT_FOUND: Meaning(
            "The resource group that something is to be created in, or is looked for in, does not exist.",
            "Create the group, or correct the ids in the spec.",
        ),
        Reason.AZURE_THROTTLED: Meaning(
            "Azure asks the operator to slow down.",
            "None needed. If it stays, raise `spec.resyncIntervalSeconds` or see what else uses the subscription's budget.",
        ),
        Reason.AZURE_UNAVAILABLE: Meaning(
            "Azure could not be reached, or failed to answer.",
            "None needed. If it stays, check the network path to Azure and Azure's own status.",
        ),
        Reason.GATEWAY_STILL_ATTACHED: Meaning(
            "The resource is being deleted, but a gateway still uses the subnet; nothing is touched until it is gone.",
            "Delete the gateway, or set the annotation `workspacegateway.dev/deletion-policy-override: Retain`.",
        ),
        Reason.RESOURCE_IN_USE: Meaning(
            "Something has to be taken away, mostly because the resource is being deleted, and something else still uses it.",
            "Remove what the message names. A service association link can outlive its gateway by hours.",
        ),
        Reason.SUSPENDED: Meaning(
            "`spec.suspend` is set, and the spec is not one that was applied before: nothing is written to Azure.",
            "Set `spec.suspend: false` to go on.",
        ),
        Reason.DELETING: Meaning(
            "The resource is being deleted, and what it owns in Azure is being removed in safe order.",
            "None needed.",
        ),
        Reason.WAITING_FOR_AZURE: Meaning(
            "Azure is still working on a change, of ours or of somebody else.",
            "None needed.",
        ),
        Reason.CORRECTING_DRIFT: Meaning(
            "Somebody changed Azure, and putting it back takes longer than 15 seconds.",
            "None needed. To learn who it was, see the activity log of the resource in Azure.",
        ),
        Reason.PRIVATE_IP_UNKNOWN: Meaning(
            "Azure does not say yet at which private IP address the gateway is reached. It can lag some minutes behind the gateway.",
            "None needed. If it stays, read the address in the Azure portal and write it into `spec.gateway.privateIPAddresses`.",
        ),
        Reason.PROGRESSING: Meaning(
            "Azure is being made as the spec wants it.",
            "None needed.",
        ),
        Reason.AWAITING_GATEWAY: Meaning(
            "Everything that can be done before the gateway exists is done. The gateway can be created now.",
            "Create the gateway in this subnet.",
        ),
        Reason.AWAITING_HOSTNAME: Meaning(
            "The gateway is there and has no hostname yet: Azure gives it one with its first connection to a workspace.",
            "Connect the gateway to a workspace, or write its name into `spec.gateway.hostnames`.",
        ),
        Reason.NOT_REQUIRED: Meaning(
            "This mode does not need it.",
            "None needed.",
        ),
        Reason.MANAGED_EXTERNALLY: Meaning(
            "Under `spec.dns.management: Manual` DNS is kept elsewhere: nothing of it is written.",
            "Have the DNS that callers ask answer with what `status.hostsEntries` says.",
        ),
        Reason.RECONCILED: Meaning(
            "Azure is as the spec wants it.",
            "None needed.",
        ),
    }
)
