"""`peers dev`: saved files become what is live, told line by line on a terminal or to a program.

- `loop`: one run from its first line to its end: waits for reloads and keys.
- `session`: the watches of one run, and what is shown of what they tell.
- `keyboard`: what the keys do.
- `inbox`: what watches tell from their threads, for the one thread that shows it.
- `reports`: what is shown of it: lines for people, JSON Lines for programs.
- `wording`: a reload in words.
- `terminal`: keys without Enter, and the terminal given back whatever happens.
- `signals`: Ctrl-C and the other ways of being told to stop.
- `editor`: the command that opens a file at a line.
"""
