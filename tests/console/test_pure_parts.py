"""The console's pure parts have tests of their own beside them; here they run with everything else."""

import os
import re
import subprocess
import sys

from tests.console.conftest import ROOT


def test_the_pure_parts_of_the_console(built: None) -> None:
    command = [sys.executable, str(ROOT / "scripts" / "console.py"), "test"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, env={**os.environ, "NO_COLOR": "1"})
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"Tests\s+\d+ passed", done.stdout), done.stdout
