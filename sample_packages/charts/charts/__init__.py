"""One chart that works, and two that are broken on purpose: what fails must not take the rest along."""
