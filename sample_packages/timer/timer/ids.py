"""The permanent ids of timer, made with `peers id`."""

PACKAGE = "0mwqni0bkhlmn3zuhilts29yj"

DIAL = "0mwqni0r8po8ktxww9ff74em5"

DECIMALS = "0mx23nmed84zcre4t8ekw96m1"
