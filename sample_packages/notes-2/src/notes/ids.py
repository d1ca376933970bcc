"""The permanent ids of notes, made with `peers id`. Those of 1.0.0 are kept for ever."""

PACKAGE = "0mwqffjy66ljt95on2890qzle"
CONTRACT = "0mwqffjyvth5laqd6pw8ttn45"

HOME = "0mwqffjzi4zen7dhmwgmkmbjf"
NOTE = "0mwqffk05p4qrpzcragf3dt61"
SEARCH = "0mwqffk2kyww0s59r0v8agfl9"
TAG = "0mwqffk35bvdzhme7pvwkxch8"

ADD_NOTE = "0mwqffk0qrjuu9np2uuaft5el"
LIST_NOTES = "0mwqffk1c3hc8cx5waxwfg02p"

NOTES = "0mwqffk1yugb2e7ml041psbwr"
