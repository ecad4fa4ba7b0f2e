"""What makes it run: the queue, the reconciler with the ports it drives, settings, metrics, logging, probes. Knows neither Azure nor Kubernetes."""
