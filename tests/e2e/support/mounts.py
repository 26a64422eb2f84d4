"""Small disks and read-only folders, mounted where nobody else sees them."""

import contextlib
import os
import subprocess
import sys

from support.harness import Skip, check

MARK = "TRACEHOUND_E2E_MOUNTS"


def enter():
    """Starts this script again where it may mount: in a mount namespace of its own (and as root of
    a user namespace, unless it is root already). Where that is not allowed it goes on as it is."""
    if MARK in os.environ:
        return
    own = ["unshare", "--mount", "--propagation", "private"]
    if os.geteuid() != 0:
        own += ["--user", "--map-root-user"]
    try:
        allowed = subprocess.run([*own, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        allowed = False
    os.environ[MARK] = "yes" if allowed else "no"
    if allowed:
        os.execvp(own[0], [*own, sys.executable, *sys.argv])


def mount(*words):
    if os.environ[MARK] == "no":
        raise Skip("mounting is not allowed here, so there is no full and no read-only disk")
    done = subprocess.run(["mount", *map(str, words)], capture_output=True, check=False)
    check(done.returncode == 0, f"mount {words}: {done.stderr.decode().strip()}")


@contextlib.contextmanager
def mounted(place, *words):
    place.mkdir(exist_ok=True)
    mount(*words, place)
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def small_disk(place, size):
    """A disk of so many bytes, in memory. Use with `with`."""
    return mounted(place, "-t", "tmpfs", "-o", f"size={size}", "tmpfs")


def fill(place, room):
    """Leaves so many bytes free on a small disk."""
    facts = os.statvfs(place)
    (place / "ballast").write_bytes(bytes(max(0, facts.f_bavail * facts.f_frsize - room)))


def empty(place):
    (place / "ballast").unlink()


@contextlib.contextmanager
def read_only(folder, place):
    """`place` shows the folder; nothing can be written through it. Use with `with`."""
    with mounted(place, "--bind", folder):
        mount("-o", "remount,bind,ro", place)
        yield place
