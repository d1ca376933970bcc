"""The permanent ids of week, made with `peers id`."""

PACKAGE = "0mx1uf6vfq94jtx4zl0bt9gks"

WEEK = "0mx1uf70r23wpacsuujgy200h"
