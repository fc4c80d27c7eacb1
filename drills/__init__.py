"""Faults made on purpose: each drill kills or races something real and counts what was lost."""
