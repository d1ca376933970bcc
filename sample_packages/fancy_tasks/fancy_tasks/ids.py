"""The permanent ids of fancy_tasks, made with `peers id`, and that of the contract which it fulfils."""

PACKAGE = "0mx234yr10juud5saphy6caos"
CONTRACT = "0mx234yt05sinsu5fwpo2t74a"

ADD_TASK = "0mx234yv2vr9zrve7gi7awpqb"
FINISH_TASK = "0mx234yx1x8v7tr1wt37shpm7"

TASKS = "0mx234yz00cfjhwduszc25g7d"
OPEN_TASKS = "0mx234z10xenabkkxw43nbhob"
TASK_DONE = "0mx234z2zmfrntj4o6w5b0gnk"

TASKS_CONTRACT = "0mx234yf046d1gcfpxxyvh3i6"
