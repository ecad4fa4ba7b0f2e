"""The custom resource: its names, its spec and status, its conditions with every reason, and the CRD made from them. Pure."""
