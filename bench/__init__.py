"""Measurements: each module prints JSON lines."""
