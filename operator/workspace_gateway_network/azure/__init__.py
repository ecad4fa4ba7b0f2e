"""Azure: the only place that imports the Azure SDK. `open_azure` gives what the reconciler needs of it."""

from workspace_gateway_network.azure.arm import AzureMetrics
from workspace_gateway_network.azure.session import ArmAzure, open_azure

__all__ = ["ArmAzure", "AzureMetrics", "open_azure"]
