"""Pure rules: facts in, a decision with its reason out. No I/O, no clock, no package code.

- `routes`: which route takes a request, and why each other one lost (on a host's start path, so light).
- `resolution`: which version of a package a context uses on this device.
- `settling`: when changed files have come to rest.
- `permissions`: what a role may do.
"""
