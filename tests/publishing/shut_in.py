"""A service's command run as its unit says, as near to it as can be had without systemd.

Namespaces, bounding set, no_new_privs, system calls, address families and memory are the
kernel's own; what only systemd makes (control groups, users, devices) is left out.
"""

import ctypes
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

_ALLOW, _FAIL_WITH_EPERM, _EQUAL = 0x7FFF0000, 0x00050001, 4
_PR_SET_MDWE, _REFUSE_EXEC_GAIN = 65, 1
_FAMILIES = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10, "AF_NETLINK": 16}


def command(unit: Path, *kept: Path) -> list[str]:
    """The command that runs what a unit starts, shut in; `kept` is read there, also below /tmp."""
    if os.geteuid():
        stop = pytest.fail if os.environ.get("CI") else pytest.skip
        stop("only root may mount file systems")
    places = map(str, (unit, *kept))
    return ["unshare", "--mount", sys.executable, __file__, "outside", *places]


def values(unit: Path) -> dict[str, list[str]]:
    """What a unit says, by name."""
    said: dict[str, list[str]] = {}
    for name, value in re.findall(r"(?m)^(\w+)=(.*)$", unit.read_text()):
        said.setdefault(name, []).append(value)
    return said


def mount(*words: str) -> None:
    subprocess.run(["mount", *words], check=True)  # noqa: S603, S607  our own words


def outside(unit: Path, *kept: Path) -> None:
    """Make the file systems that the unit describes, and go on without any right of root's."""
    said = values(unit)
    (root,) = map(Path, said["ReadWritePaths"])
    assert ["strict"] == said["ProtectSystem"]
    assert ["yes"] == said["PrivateTmp"] == said["NoNewPrivileges"] == said["ProtectKernelTunables"]
    mount("--make-rprivate", "/")
    stage = Path("/mnt")
    mount("-t", "tmpfs", "tmpfs", str(stage))
    places = {stage / str(number): path for number, path in enumerate((root, unit, *kept))}
    for kept_at, path in places.items():
        kept_at.mkdir() if path.is_dir() else kept_at.touch()
        mount("--bind", str(path), str(kept_at))
    options = [
        f"hidepid={said['ProtectProc'][0]}",
        *(f"subset={v}" for v in said.get("ProcSubset", [])),
    ]
    mount("-t", "proc", "-o", ",".join(options), "proc", "/proc")
    mounted = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    for point in dict.fromkeys(mounted):
        # What the stage has covered is nobody's to see any more.
        if Path(point).is_mount() and not point.startswith(("/proc", "/dev", "/sys", "/mnt")):
            mount("-o", "remount,bind,ro", point)
    if Path("/proc/sys").is_dir():
        mount("--bind", "/proc/sys", "/proc/sys")
        mount("-o", "remount,bind,ro", "/proc/sys")
    for folder in ("/tmp", "/var/tmp"):  # noqa: S108  new ones
        mount("-t", "tmpfs", "tmpfs", folder)
    for kept_at, path in places.items():
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.mkdir() if kept_at.is_dir() else path.touch()
        mount("--bind", str(kept_at), str(path))
        mount("-o", f"remount,bind,{'rw' if path == root else 'ro'}", str(path))
    assert [""] == said["CapabilityBoundingSet"] == said["AmbientCapabilities"]
    rights = ("--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all", "--no-new-privs")
    last = [sys.executable, __file__, "inside", str(unit)]
    os.execvp("setpriv", ["setpriv", *rights, *last])  # noqa: S606, S607  our own words


def inside(unit: Path) -> None:
    """Take away the system calls that the unit does not allow, and run what it starts."""
    said = values(unit)
    environment = {"PATH": os.defpath, "LANG": "C.UTF-8"}
    for file in said.get("EnvironmentFile", []):
        lines = Path(file.removeprefix("-")).read_text().splitlines()
        environment |= dict(line.split("=", 1) for line in lines if "=" in line and line[0] != "#")
    environment |= dict(line.split("=", 1) for line in said["Environment"])
    allowed = allowed_calls(said["SystemCallFilter"])
    families = [_FAMILIES[name] for name in said["RestrictAddressFamilies"][0].split()]
    words = said["ExecStart"][0].split()
    os.chdir(said["WorkingDirectory"][0])
    assert ["yes"] == said["MemoryDenyWriteExecute"]
    ctypes.CDLL(None).prctl(_PR_SET_MDWE, _REFUSE_EXEC_GAIN, 0, 0, 0)  # since Linux 6.3
    denied = {"unshare", "setns"} if ["yes"] == said["RestrictNamespaces"] else set()
    allow_only(allowed - denied, families)
    os.execve(words[0], words, environment)  # noqa: S606  the unit's


def allowed_calls(filters: list[str]) -> set[str]:
    """The system calls that SystemCallFilter leaves, by the sets that systemd knows."""
    allowed: set[str] = set()
    for line in filters:
        named = {call for word in line.removeprefix("~").split() for call in calls_of(word)}
        allowed = allowed - named if line.startswith("~") else allowed | named
    return allowed


def calls_of(word: str) -> set[str]:
    if not word.startswith("@"):
        return {word}
    listed = subprocess.run(  # noqa: S603
        ["systemd-analyze", "syscall-filter", word],  # noqa: S607
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    words = re.findall(r"(?m)^ +([@\w-]+)$", listed)
    return {call for word in words for call in calls_of(word)}


class Comparison(ctypes.Structure):
    """`struct scmp_arg_cmp`."""

    _fields_ = (
        ("arg", ctypes.c_uint), ("op", ctypes.c_int),
        ("datum_a", ctypes.c_uint64), ("datum_b", ctypes.c_uint64),
    )  # fmt: skip


def allow_only(calls: set[str], families: list[int]) -> None:
    """Have all other system calls, and sockets of other families, fail with EPERM."""
    seccomp = ctypes.CDLL("libseccomp.so.2")
    seccomp.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(seccomp.seccomp_init(_FAIL_WITH_EPERM))
    add = seccomp.seccomp_rule_add_array
    for name in calls - {"socket"}:
        number = seccomp.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:
            add(context, ctypes.c_uint(_ALLOW), number, 0, None)
    socket = seccomp.seccomp_syscall_resolve_name(b"socket")
    for family in families:
        comparison = Comparison(0, _EQUAL, family, 0)
        add(context, ctypes.c_uint(_ALLOW), socket, 1, ctypes.byref(comparison))
    assert seccomp.seccomp_load(context) == 0


if __name__ == "__main__":
    {"outside": outside, "inside": inside}[sys.argv[1]](*map(Path, sys.argv[2:]))
