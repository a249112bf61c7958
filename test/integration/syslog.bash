# shellcheck shell=bash disable=SC2016
# SPDX-License-Identifier: Apache-2.0
# syslog.bash - a command with a /dev/log of its own, and what it sent there.

# with_syslog LOG COMMAND...: runs it where /dev/log is a socket whose datagrams go to LOG. Each
# becomes one line of Python's repr. MODE=full: nobody reads, and the socket's queue is full.
with_syslog() {
  cat >syslog.py <<'PY'
import os, socket, subprocess, sys
log, mode = sys.argv[1], os.environ.get("MODE", "")
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind("/dev/log")
if mode == "full":
    sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sender.setblocking(False)
    try:
        while True:
            sender.sendto(b"x" * 512, "/dev/log")
    except BlockingIOError:
        pass
status = subprocess.call(sys.argv[2:], timeout=60)
listener.setblocking(False)
with open(log, "w") as file:
    try:
        while mode != "full":
            file.write(repr(listener.recv(65536)) + "\n")
    except BlockingIOError:
        pass
sys.exit(status)
PY
  # /dev of its own, with what a program needs of it.
  sg_run unshare -m --propagation private sh -c '
    mkdir -p dev && mount -t tmpfs none dev && cp -a /dev/null /dev/urandom dev/ &&
    mount --move dev /dev && exec "$@"' sh python3 syslog.py "$@"
}
