#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make_walked.py - what the kernels' walks printed into walked.tsv.

make_walked.py FILE... >walked.tsv

Each FILE is what `sysctl_catalogue_test "[print]"` and `sysctl_namespaces_test "[print]"` printed on
one kernel. "-" in a column of letters: this kernel does not have the sysctl.
"""

import fnmatch
import pathlib
import sys

HEAD = """\
# SPDX-License-Identifier: Apache-2.0
# walked.tsv - every sysctl of the kernels below: made by make_walked.py, not to be edited. docs/sysctls.md says how.
#
# NAME       with slashes; "*" for an interface and the like
# INITIAL    a letter for each kernel: w writable, r read-only, a absent, - not of this kernel
# PRIVATE    the same in net, ipc and uts namespaces of its own (user/: in a user namespace)
# NAMESPACE  by writing it in one and looking at the host; host: nothing of it can be written in a namespace, or no
#            `own` of known.tsv claims it, so nobody tried; ? where no value could be changed; pid: known.tsv says
#            since when
# FORM       how many integers its value is, or text; - where none can be read, or kernels differ
"""


def read(path):
    release, rows, own = None, {}, {}
    for line in open(path, encoding="utf-8"):
        words = line.lstrip("| ").split()
        if words[:1] == ["walked"]:
            release = words[1]
        elif words[:1] == ["sysctl"] and len(words) == 5:
            rows[words[1]] = words[2:]
        elif words[:1] == ["own"] and len(words) == 3:
            own[words[1]] = words[2]
    return release, rows, own


def claimed():
    rows = pathlib.Path(__file__).with_name("known.tsv").read_text(encoding="utf-8").splitlines()
    return [row.split("\t")[2] for row in rows if row.startswith("own\t")]


def namespace(name, private, own):
    if len(own) == 1:
        return own.pop()
    is_claimed = any(fnmatch.fnmatchcase(name, pattern) for pattern in claimed())
    return "?" if is_claimed and "w" in private else "host"


def main():
    kernels = sorted((read(path) for path in sys.argv[1:]), key=lambda k: [int(n) for n in k[0].split(".")])
    print(HEAD, end="")
    print("kernels\t" + "\t".join(release for release, _, _ in kernels))
    for name in sorted({name for _, rows, _ in kernels for name in rows}):
        found = [rows.get(name) for _, rows, _ in kernels]
        forms = {row[2] for row in found if row} - {"-"}
        own = {whose[name] for _, _, whose in kernels if name in whose}
        private = "".join(row[1] if row else "-" for row in found)
        print("\t".join([name,
                         "".join(row[0] if row else "-" for row in found),
                         private,
                         namespace(name, private, own),
                         forms.pop() if len(forms) == 1 else "-"]))
    return 0


sys.exit(main())
