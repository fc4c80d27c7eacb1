"""What a child process does before it becomes another program: end with its parent, and stop being root."""

import ctypes
import os
import pwd
import signal
from collections.abc import Callable
from pathlib import Path

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000
NOBODY = 65534

_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(by: signal.Signals = signal.SIGTERM) -> None:
    """Ask the kernel to send `by` when the parent ends, however it ends (a hard kill runs no clean-up of ours)."""
    _libc.prctl(PR_SET_PDEATHSIG, int(by), 0, 0, 0)


def ending_with_parent(by: signal.Signals = signal.SIGTERM, *, as_server: bool = False) -> Callable[[], None]:
    """A `preexec_fn` for `subprocess`: safe here because the processes that use it have one thread.

    `as_server` also gives the child an identity under which PostgreSQL runs.
    """
    parent = os.getpid()
    change = as_server and not accepted_by_postgresql()

    def prepare() -> None:
        if change:
            become_nobody()
        # After become_nobody: the kernel forgets the death signal whenever a process changes its identity.
        die_with_parent(by)
        if os.getppid() != parent:  # the parent ended before the kernel knew our wish
            os._exit(1)

    return prepare


def accepted_by_postgresql() -> bool:
    """PostgreSQL refuses root, and a user number without an account (a container's, often)."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_uid != 0
    except KeyError:
        return False


def become_nobody() -> None:
    """Be seen as nobody: in a user namespace (our files stay ours, nothing is chowned), else, as root, for real."""
    user, group = os.geteuid(), os.getegid()
    if _libc.unshare(CLONE_NEWUSER) == 0:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{NOBODY} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{NOBODY} {group} 1")
        return
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def server_user() -> int | None:
    """The user that a server's files and sockets must belong to; None where it cannot run at all."""
    if accepted_by_postgresql() or _namespaces_work():
        return os.geteuid()
    return NOBODY if os.geteuid() == 0 else None


def _namespaces_work() -> bool:
    """Whether become_nobody can use a user namespace here (containers often refuse it)."""
    child = os.fork()
    if child == 0:
        os._exit(0 if _libc.unshare(CLONE_NEWUSER) == 0 else 1)
    return os.waitpid(child, 0)[1] == 0
