"""Things to do; others use them through the contract Tasks."""
