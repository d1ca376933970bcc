"""The permanent id of themes, made with `peers id`."""

PACKAGE = "0mwqffk3r4bcla0smbtx1qsp4"
