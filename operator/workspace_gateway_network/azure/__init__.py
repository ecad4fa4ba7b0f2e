"""Azure Resource Manager, read and written: the only place that imports `azure.*`."""
