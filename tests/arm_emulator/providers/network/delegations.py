"""The services that a subnet can be delegated to, and how a delegation is shown."""

from __future__ import annotations

from arm_emulator.arm import Answer, Call, Document
from arm_emulator.providers.network.provider import NetworkType

_SUBNETS = "Microsoft.Network/virtualNetworks/subnets"
_USE = (f"{_SUBNETS}/action",)
_JOIN = (f"{_SUBNETS}/join/action",)
_NICS = "Microsoft.Network/networkinterfaces/*"
_READ = "Microsoft.Network/virtualNetworks/read"
_JOIN_AND_NICS = (_NICS, *_JOIN)
_JOIN_AND_POLICIES = (*_JOIN, f"{_SUBNETS}/prepareNetworkPolicies/action")

_ACTIONS: dict[tuple[str, ...], tuple[str, ...]] = {
    _USE: (
        "Microsoft.Web/serverFarms",
        "Microsoft.Web/hostingEnvironments",
        "Microsoft.Batch/batchAccounts",
        "Microsoft.ContainerInstance/containerGroups",
        "Microsoft.Logic/integrationServiceEnvironments",
        "Microsoft.ServiceFabricMesh/networks",
    ),
    _JOIN: (
        "Dell.Storage/fileSystems",
        "Informatica.DataManagement/organizations",
        "Microsoft.App/environments",
        "Microsoft.App/testClients",
        "Microsoft.AzureCommunicationsGateway/networkSettings",
        "Microsoft.AzureCosmosDB/clusters",
        "Microsoft.CloudTest/hostedpools",
        "Microsoft.CloudTest/images",
        "Microsoft.CloudTest/pools",
        "Microsoft.Codespaces/plans",
        "Microsoft.ContainerService/managedClusters",
        "Microsoft.DBforMySQL/flexibleServers",
        "Microsoft.DBforMySQL/servers",
        "Microsoft.DBforMySQL/serversv2",
        "Microsoft.DBforPostgreSQL/flexibleServers",
        "Microsoft.DBforPostgreSQL/serversv2",
        "Microsoft.DBforPostgreSQL/singleServers",
        "Microsoft.DelegatedNetwork/controller",
        "Microsoft.DevCenter/networkConnection",
        "Microsoft.DevOpsInfrastructure/pools",
        "Microsoft.DocumentDB/cassandraClusters",
        "Microsoft.Fidalgo/networkSettings",
        "Microsoft.LabServices/labplans",
        "Microsoft.MachineLearningServices/workspaces",
        "Microsoft.MachineLearningServices/workspaceComputes",
        "Microsoft.Netapp/scaleVolumes",
        "Microsoft.Network/dnsResolvers",
        "Microsoft.Network/networkWatchers",
        "Microsoft.PowerAutomate/hostedRpa",
        "Microsoft.PowerPlatform/enterprisePolicies",
        "Microsoft.PowerPlatform/vnetaccesslinks",
        "Microsoft.ServiceNetworking/trafficControllers",
        "Microsoft.StreamAnalytics/streamingJobs",
        "Microsoft.Synapse/workspaces",
        "GitHub.Network/networkSettings",
        "NGINX.NGINXPLUS/nginxDeployments",
        "PaloAltoNetworks.Cloudngfw/firewalls",
        "PureStorage.Block/storagePools",
        "Qumulo.Storage/fileSystems",
    ),
    (_NICS,): ("Microsoft.AVS/PrivateClouds",),
    _JOIN_AND_NICS: (
        "Microsoft.AISupercomputer/accounts/jobs",
        "Microsoft.AISupercomputer/accounts/models",
        "Microsoft.AISupercomputer/accounts/npu",
        "Microsoft.Apollo/npu",
        "Microsoft.BareMetal/AzureHostedService",
        "Microsoft.BareMetal/AzureVMware",
        "Microsoft.BareMetal/CrayServers",
        "Microsoft.HardwareSecurityModules/dedicatedHSMs",
        "Microsoft.Netapp/volumes",
        "Microsoft.Singularity/accounts/jobs",
        "Microsoft.Singularity/accounts/models",
        "Microsoft.Singularity/accounts/networks",
        "Microsoft.Singularity/accounts/npu",
        "Oracle.Database/networkAttachments",
    ),
    _JOIN_AND_POLICIES: ("Microsoft.ApiManagement/service",),
    (_READ,): ("Microsoft.StoragePool/diskPools",),
    (
        "Microsoft.Network/publicIPAddresses/join/action",
        *_JOIN,
        _READ,
        "Microsoft.Network/publicIPAddresses/read",
    ): ("Microsoft.Orbital/orbitalGateways",),
    (*_JOIN_AND_POLICIES, f"{_SUBNETS}/unprepareNetworkPolicies/action"): (
        "Microsoft.Databricks/workspaces",
        "Microsoft.Kusto/clusters",
        "Microsoft.Sql/managedInstances",
    ),
}
"""Services by the actions that they are granted on the subnet, as Azure lists them: what it ever listed anywhere (recorded)."""

SERVICES = {service.lower(): (service, actions) for actions, services in _ACTIONS.items() for service in services}


class AvailableDelegations(NetworkType):
    """``GET …/locations/{location}/availableDelegations``, of a subscription or a resource group."""

    name = "Microsoft.Network/locations/availableDelegations"
    stored = False

    def list(self, call: Call) -> Answer:
        group = f"/resourceGroup/{call.path.resource_group}" if call.path.resource_group else ""  # singular in Azure
        base = f"/subscriptions/{call.path.subscription}{group}/providers/Microsoft.Network/availableDelegations"
        value = [
            {
                "name": service.replace("/", "."),
                "id": f"{base}/{service.replace('/', '.')}",
                "type": "Microsoft.Network/availableDelegations",
                "serviceName": service,
                "actions": list(actions),
            }
            for service, actions in SERVICES.values()
        ]
        return Answer(status=200, body={"value": value})


def services_of(subnet_properties: Document) -> list[str]:
    """The services that a subnet is delegated to, as they were written."""
    return [each.get("properties", {}).get("serviceName", "") for each in subnet_properties.get("delegations") or []]


def writable_delegation(delegation: Document) -> Document:
    """What of a delegation its writer sets."""
    properties = delegation.get("properties") or {}
    kept = {name: value for name, value in properties.items() if name not in ("actions", "provisioningState")}
    outer = {name: value for name, value in delegation.items() if name not in ("id", "etag", "type", "properties")}
    return outer | {"properties": kept}


def render_delegation(delegation: Document, *, subnet: str, etag: str) -> Document:
    """A delegation as its subnet shows it, with the actions that the service is granted."""
    properties = delegation["properties"]
    _, actions = SERVICES.get(str(properties.get("serviceName")).lower(), ("", _JOIN))
    return {
        "name": delegation.get("name"),
        "id": f"{subnet}/delegations/{delegation.get('name')}",
        "etag": etag,
        "properties": {"provisioningState": "Succeeded", **properties, "actions": list(actions)},
        "type": f"{_SUBNETS}/delegations",
    }
