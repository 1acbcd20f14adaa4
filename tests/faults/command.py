"""`hotline VERB` in this process: what it says and how it ends, without the second that starting Python takes."""

import contextlib
import io
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from hotline.cli import main

POLL = 0.02
"""Seconds between two looks at what is waited for: without a pause it has no processor to come about."""


class Said(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("HOTLINE_", "PORT"))}


def command(words: tuple[str | Path, ...], environ: Mapping[str, str], folder: Path) -> Said:
    """Ask as a person would in `folder`. In a thread, as a verb has a loop of its own; what it does not catch is raised."""
    out, err = io.StringIO(), io.StringIO()
    ended: list[str | int | BaseException | None] = []

    def run() -> None:
        try:
            main()
        except SystemExit as end:
            ended.append(end.code)
        except BaseException as wrong:
            ended.append(wrong)

    with (
        patch.dict(os.environ, {**CLEAN, **environ}, clear=True),
        patch("sys.argv", ["hotline", *map(str, words)]),
        contextlib.chdir(folder),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    [end] = ended
    if isinstance(end, BaseException):
        raise end
    return Said(int(end or 0), out.getvalue(), err.getvalue())
