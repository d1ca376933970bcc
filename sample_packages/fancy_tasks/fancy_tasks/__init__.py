"""Tasks with colours: another provider of the contract Tasks."""
