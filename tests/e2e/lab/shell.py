"""Commands of the machine that the lab needs."""

import subprocess


def run(*command: str, check: bool = True) -> str:
    """The standard output of a command; its words when it fails are part of the error."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if check and done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip() or done.returncode}")
    return done.stdout
