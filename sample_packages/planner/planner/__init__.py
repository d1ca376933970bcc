"""Planner: what takes several packages, in steps that are kept."""
