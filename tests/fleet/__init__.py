"""Hundreds of resources under one operator: its reconciler, workers and budget as they ship, over HTTPS to the emulated Azure."""
