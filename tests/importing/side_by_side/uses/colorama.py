"""Strips and keeps ANSI sequences."""

import io

from colorama import Fore, Style
from colorama.ansitowin32 import AnsiToWin32


def use() -> object:
    stream = io.StringIO()
    wrapped = AnsiToWin32(stream, convert=False, strip=True)
    wrapped.write(Fore.RED + "red" + Style.RESET_ALL)
    assert stream.getvalue() == "red"
    return wrapped
