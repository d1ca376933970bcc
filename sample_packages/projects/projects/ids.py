"""The permanent ids of projects, made with `peers id`, and that of the contract which it consumes."""

PACKAGE = "0mx234z4pl7uyong5v1myvru4"
CONTRACT = "0mx234z6n9k4gfycih1pfxedr"

PLAN_PROJECT = "0mx234z8mpt2yl1132yn88qmj"
FINISH_STEP = "0mx234zakjvo2k0d0cw28jyaq"
LOOK_AT_PROJECT = "0mx234zcp6o6jw1uomws7lyep"
FOLLOW_STEPS = "0mx234ze81suyfxdrhe8c2vti"

PROJECTS = "0mx234zg5g9cakfthn707u0ey"
STEPS_DONE = "0mx234zi40lhiuo1f6xv4ad7o"

TASKS_CONTRACT = "0mx234yf046d1gcfpxxyvh3i6"
