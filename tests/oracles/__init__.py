"""Judges of what the operator did, who share no code with it."""
