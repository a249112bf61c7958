#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Documents whose author wants us to work long: each kind fills what may be read with one thing.

    hostile_documents.py --list           the kinds
    hostile_documents.py KIND             one on standard output

A kind named state-* is a container's state of 2 MiB, any other a config.json of 16 MiB that asks
for a guard. A document is limited to 1,048,576 keys and values, and 262,144 where they matter
(hook/base/json.h): kinds come in two sizes where that cuts, one below the limit and one of all that fits.
"""

import sys

CONFIG_MAX = 16 << 20
STATE_MAX = 2 << 20
ROOM = 2000  # for the rest of the document
ALL = 10**8
BLOCK = 10000  # numbers at a time

CONFIG = (
    '{"ociVersion":"1.0.2",%(top)s"root":{"path":"%(root)s"},"process":{"args":["sh"],"cwd":"/",'
    '"capabilities":{"bounding":["CAP_NET_ADMIN"%(capabilities)s]}},'
    '"annotations":{"io.sysctl-guard.allow":"net.ipv4.ip_forward=0|1"%(annotations)s},'
    '"mounts":[{"destination":"/proc","type":"proc","source":"proc"}%(mounts)s],'
    '"linux":{"namespaces":[{"type":"network"},{"type":"pid"},{"type":"mount"},{"type":"ipc"},'
    '{"type":"uts"}%(namespaces)s],"readonlyPaths":["/proc/sys"%(readonly)s],'
    '"maskedPaths":["/proc/kcore"%(masked)s]%(linux)s}%(end)s}'
)
PARTS = ["top", "capabilities", "annotations", "mounts", "namespaces", "readonly", "masked"]
PARTS += ["linux", "end"]
STATE = '{"ociVersion":"1.0.2","id":"c1","status":"creating","pid":2,"bundle":"/none"%s}'


def many(form, most=ALL, room=CONFIG_MAX - ROOM):
    """`form`, in which %d is a number, behind a comma each, as often as there is room."""
    form = "," + form
    if "%d" not in form:
        return form * min(most, room // len(form.encode()))
    parts = []
    for first in range(0, most, BLOCK):
        block = list(map(form.__mod__, range(first, min(first + BLOCK, most))))
        room -= len("".join(block).encode())
        parts += block
        if room < 0:
            break
    while room < 0:
        room += len(parts.pop().encode())
    return "".join(parts)


def fill(text, room=CONFIG_MAX - ROOM):
    return text * (room // len(text.encode()))


def config(root="rootfs", **parts):
    return CONFIG % {"root": root, **{part: parts.get(part, "") for part in PARTS}}


def skipped(value):
    """A member that nobody wants."""
    return config(top='"x":' + value + ",")


def state(annotations):
    return STATE % (',"annotations":{"a":"b"' + annotations + "}")


def hooks(stages):
    return config(end=',"hooks":{' + stages + "}")


def entries(form, most=ALL):
    return hooks('"createRuntime":[{"path":"/h"}' + many(form, most) + "]")


def arguments(form, most=ALL):
    named = '{"path":"/h/sysctl-guard-hook","args":["a"'
    return hooks('"createRuntime":[' + named + many(form, most) + "]}]")


def rules(text):
    return config(annotations=',"io.sysctl-guard.deny":"' + text + '"')


def pairs(form, most=ALL):
    return config(linux=',"sysctl":{"a.b":"1"' + many(form, most) + "}")


def deep(value, depth=50):
    return "[" * depth + value + "]" * depth


LINKS = "/usr/lib" + "/../lib" * 560
UP = "/proc" + "/self/.." * 480
ESCAPE = "\\u0041"

KINDS = {
    "readonly-proc-sys": lambda: config(readonly=many('"/proc/sys"', 200000)),
    "readonly-proc-sys-400000": lambda: config(readonly=many('"/proc/sys"', 400000)),
    "readonly-every-second": lambda: config(readonly=many('"/proc/sys","/x"', 100000)),
    "readonly-spelled": lambda: config(readonly=many('"/' + "/." * 25 + '/proc/sys"', 200000)),
    "readonly-long": lambda: config(readonly=many('"' + "/." * 2000 + '/proc/sys"')),
    "readonly-one-of-slashes": lambda: config(readonly=',"' + fill("/") + 'proc/sys"'),
    "readonly-one-of-dots": lambda: config(readonly=',"/proc/' + fill("./") + 'sys"'),
    "readonly-one-long": lambda: config(readonly=',"' + fill("/x") + '"'),
    "masked-one-long": lambda: config(masked=',"/proc' + fill("/x") + '"'),
    "destination-long": lambda: config(mounts=',{"destination":"' + fill("/x") + '","type":"tmpfs"}'),
    "version-long": lambda: config(top='"ociVersion":"1.0' + fill(".1") + '",'),
    "readonly-other": lambda: config(readonly=many('"/x/%d"', 200000)),
    "readonly-missing": lambda: config(readonly=many('"/proc/none%d"', 200000)),
    "masked": lambda: config(masked=many('"/proc/none%d"', 200000)),
    "masked-long": lambda: config(masked=many('"' + UP + '/none%d"')),
    "namespaces": lambda: config(namespaces=many('{"type":"t%d"}', 60000)),
    "namespaces-all": lambda: config(namespaces=many('{"type":"t%d"}')),
    "namespaces-alike": lambda: config(
        namespaces=many('{"type":"' + "t" * 250 + '%d"}', 60000)
    ),
    "namespaces-paths": lambda: config(
        namespaces=many('{"type":"t%d","path":"/proc/self/root/proc/self/ns/net"}', 40000)
    ),
    "hooks": lambda: entries('{"path":"/h/%d","args":["a"]}', 30000),
    "hooks-all": lambda: entries('{"path":"/h/%d"}'),
    "hooks-named": lambda: entries('{"path":"/h/%d/sysctl-guard-hook","args":["a"]}', 30000),
    "hooks-stages": lambda: hooks('"x":[]' + many('"s%d":[{"path":"/h"}]', 30000)),
    "hook-arguments": lambda: arguments('"%d"', 200000),
    "hook-arguments-long": lambda: arguments('"' + "b" * 100000 + '"'),
    "mounts": lambda: config(mounts=many('{"type":"bind","source":"/s/%d"}', 40000)),
    "mounts-all": lambda: config(mounts=many('{"type":"bind","source":"/s/%d"}')),
    "mounts-links": lambda: config(
        mounts=many('{"type":"bind","source":"' + LINKS + '/%d"}', 4000)
    ),
    "mounts-up": lambda: config(
        mounts=many('{"type":"bind","source":"' + UP + '"}', 4000)
    ),
    "mounts-options": lambda: config(
        mounts=',{"type":"cgroup","options":["ro"' + many('"o%d"', 200000) + "]}"
    ),
    "mounts-empty": lambda: config(mounts=many("{}", 200000)),
    "root-long": lambda: config(root=fill("x/../")),
    "capabilities": lambda: config(capabilities=many('"CAP_CHOWN"', 200000)),
    "capabilities-long": lambda: config(capabilities=many('"CAP_' + "A" * 1000 + '"')),
    "annotations": lambda: config(annotations=many('"k%d":"v"', 80000)),
    "annotations-alike": lambda: config(annotations=many('"' + "k" * 150 + '%d":"v"', 80000)),
    "annotations-long-keys": lambda: config(annotations=many('"' + "k" * 10000 + '%d":"v"')),
    "annotations-escaped": lambda: config(annotations=many('"' + ESCAPE + '%d":"v"', 80000)),
    "annotations-ours": lambda: config(
        annotations=many('"io.sysctl-guard.allow/%d":"net.ipv4.ip_forward"', 80000)
    ),
    "annotations-mistakes": lambda: config(
        annotations=many('"io.sysctl-guard.alow%d":"net.ipv4.ip_forward"', 80000)
    ),
    "rules": lambda: rules("net.x" + many("net.ipv4.conf.i%d.rp_filter")),
    "rules-wild": lambda: rules("net.x" + many("net.*a*%d*b*.z")),
    "rules-mistakes": lambda: rules("net.x" + many("net..%d")),
    "rules-commas": lambda: rules(fill(",")),
    "rules-escapes": lambda: rules(fill(ESCAPE)),
    "rules-json": lambda: rules("[" + fill('\\"a.b\\",') + '\\"a.b\\"]'),
    "pairs": lambda: pairs('"net.ipv4.conf.i%d.forwarding":"1"', 80000),
    "pairs-long": lambda: pairs('"net.ipv4.conf.i%d.forwarding":"' + "1" * 150 + '"', 80000),
    "pairs-all": lambda: pairs('"a%d":"1"'),
    "cgroups-path": lambda: config(linux=',"cgroupsPath":"' + fill("/a/..") + '"'),
    "cgroups-path-slices": lambda: config(linux=',"cgroupsPath":"a' + fill("-a") + '.slice:p:x"'),
    "keys": lambda: config(top='"k":1' + many('"k%d":1', 200000) + ","),
    "keys-alike": lambda: config(top='"k":1' + many('"' + "k" * 64 + '%d":1', 200000) + ","),
    "keys-backwards": lambda: config(top='"k":1' + many('"%d' + "k" * 64 + '":1', 200000) + ","),
    "keys-skipped": lambda: skipped('{"k":1' + many('"%d":1') + "}"),
    "keys-skipped-alike": lambda: skipped('{"k":1' + many('"' + "k" * 100 + '%d":1') + "}"),
    "deep": lambda: config(mounts=',{"x":' + deep("1" + many("1", 30000)) + "}"),
    "deep-all": lambda: config(mounts=',{"x":' + deep("1" + many("1")) + "}"),
    "deep-objects": lambda: config(
        mounts=',{"x":' + '{"a":' * 50 + '{"a":1' + many('"%d":1', 20000) + "}" * 51 + "}"
    ),
    "deep-skipped": lambda: skipped("[1" + many("[" * 60 + "]" * 60) + "]"),
    "objects-skipped": lambda: skipped("[1" + many('{"a":{}}') + "]"),
    "numbers": lambda: skipped("[1" + many("1") + "]"),
    "numbers-exponent": lambda: skipped("[1" + many("1.234567e308", 1000000) + "]"),
    "numbers-exponent-all": lambda: skipped("[1" + many("1e308") + "]"),
    "numbers-long": lambda: skipped("[1" + many("1" * 308) + "]"),
    "numbers-fractions": lambda: skipped("[1" + many("0." + "123456789" * 8) + "]"),
    "number": lambda: skipped("1." + fill("3")),
    "number-exponent": lambda: skipped("1e-" + fill("3")),
    "number-zeros": lambda: skipped("0." + fill("0") + "1e9"),
    "strings": lambda: skipped('[""' + many('""') + "]"),
    "string": lambda: skipped('"' + fill("x") + '"'),
    "string-escapes": lambda: skipped('"' + fill(ESCAPE) + '"'),
    "string-short-escapes": lambda: skipped('"' + fill("\\n") + '"'),
    "string-surrogates": lambda: skipped('"' + fill("\\ud83d\\ude00") + '"'),
    "string-utf8": lambda: skipped('"' + fill("\u00e9") + '"'),
    "string-utf8-long": lambda: skipped('"' + fill("\U0001f600") + '"'),
    "layout": lambda: config(top=fill(" ")),
    "layout-lines": lambda: config(top=fill("\n")),
    "state-annotations": lambda: state(many('"k%d":"v"', 80000, STATE_MAX - ROOM)),
    "state-annotations-alike": lambda: state(
        many('"' + "k" * 100 + '%d":"v"', ALL, STATE_MAX - ROOM)
    ),
    "state-escapes": lambda: state(',"c":"' + fill(ESCAPE, STATE_MAX - ROOM) + '"'),
    "state-rules": lambda: state(
        ',"io.sysctl-guard.allow":"net.x' + many("net.a%d=1", ALL, STATE_MAX - ROOM) + '"'
    ),
    "state-mistakes": lambda: state(many('"io.sysctl-guard.alow%d":"a.b"', ALL, STATE_MAX - ROOM)),
    "state-numbers": lambda: (STATE % ',"x":[1%s]') % many("1", ALL, STATE_MAX - ROOM),
}


def main():
    if sys.argv[1:] == ["--list"]:
        print("\n".join(KINDS))
        return
    text = KINDS[sys.argv[1]]()
    most = STATE_MAX if sys.argv[1].startswith("state-") else CONFIG_MAX
    assert len(text.encode()) <= most, "larger than what is read"
    sys.stdout.write(text)


main()
