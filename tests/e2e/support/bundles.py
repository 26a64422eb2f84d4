"""What tests of bundles of evidence share: the other verifier, a stranger's folder, a forger."""

import shutil
import subprocess
import sys

from support.harness import ROOT, SECONDS, check, environment


def plain_verify(bundle, *words, code=0, program="verify.py"):
    """The verifier of docs/, with nothing of this project beside it."""
    done = subprocess.run([sys.executable, "-I", str(ROOT / "docs" / program), str(bundle),
                           *map(str, words)], capture_output=True, timeout=SECONDS, check=False,
                          text=True, env=environment(PYTHONDONTWRITEBYTECODE="1"))
    check(done.returncode == code, f"{program} {bundle}: exit {done.returncode}, expected {code}\n"
          f"{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def moved(bundle, folder):
    """The bundle alone, where no ledger is; what it was made from is gone."""
    place = folder / "elsewhere"
    place.mkdir()
    shutil.move(bundle, place / "bundle")
    for left in folder.iterdir():
        if left != place:
            shutil.rmtree(left) if left.is_dir() else left.unlink()
    return place / "bundle"


def resum(bundle):
    """Makes the sums right again, as a forger would."""
    subprocess.run("sha256sum *[!S] > SHA256SUMS", shell=True, cwd=bundle, check=True,
                   env=environment(LC_ALL="C"))
