"""The Kubernetes API server, watched and written: the only place that imports kopf or kubernetes."""
