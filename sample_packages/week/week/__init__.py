"""One screen that is made of two other packages, each in the version that peers.lock names."""
