"""The permanent ids of hints, made with `peers id`."""

PACKAGE = "0mx2bnhr12pzmi8g70hghhe3e"

BESIDE = "0mx2bnieutbb9hyuahzt4dgoy"
OVERLAY = "0mx2bnj412ztovltkqmqw26l7"
