"""Figures: each module prints what it measured beside the limit that was measured in the same run."""
