"""Small worlds for the core's tests: Azure's documents in its own shapes, an Azure that carries out steps, and the reconciler's two ports in memory."""
