"""The permanent ids of tasks, made with `peers id`; both versions have the same."""

PACKAGE = "0mx234ycz7mxr2sc2jbdo2l2h"
CONTRACT = "0mx234yf046d1gcfpxxyvh3i6"

ADD_TASK = "0mx234yh3mwmufb0pwqs3lucd"
FINISH_TASK = "0mx234yj35t7pqdlxecebskd6"

TASKS = "0mx234yl58qy2rrdmccsjqfhq"
OPEN_TASKS = "0mx234yn4vn81f21ofujvfkxp"
TASK_DONE = "0mx234yp6353pdh3enltwaw5g"
