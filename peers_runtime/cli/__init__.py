"""The door for people and scripts: words on a terminal become calls of the runtime; home of click and rich.

- `main`: the entry point `peers`; every answer and every error leaves through it.
- `command_line`: commands that are imported when they are asked for, and the options that all of them share.
- `settings`: what those options say, and the runtime that is opened by them.
- `completion`: what a shell is offered for a word.
- `arguments`: kinds of arguments that click does not know.
- `streams`: stdin, stdout and stderr, whatever the process was given for them.
- `answers`: what a command answers with, as one JSON document, on a terminal or as aligned text.
- `waiting`: a bar on a terminal while something takes long.
- `decisions`: what an act decided, and the option of a dry run.
- `failures`: errors as text or JSON, and the one table from error family to exit code.
- `findings`: what was found in a project, in the forms that programs gather.
- `suggestions`: the names that were probably meant.
- `commands`: one module per family of commands.
- `dev`: what `peers dev` shows while files are saved.
- `serving`: the console on a port, until `q` or a signal.
- `demo`: what `peers demo` shows.
"""
