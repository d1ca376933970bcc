"""The permanent ids of charts, made with `peers id`."""

PACKAGE = "0mwqffk4c4ewqic8ic4u4nxsk"

BARS = "0mwqffk4y02uzh4cm2mo2ufrh"
PIE = "0mwqffk5l1ac8214njidt4nzq"
GAUGE = "0mwqffk689ol6rgjvycq3wqya"
