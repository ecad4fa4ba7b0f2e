"""What makes it run: queue, workers, the reconciler with its two ports, settings, metrics, logs, probes. Knows no Azure, no Kubernetes."""
