#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""spdx.py - a build directory into a list, in SPDX 2.3, of what is in the static programs.

    spdx.py BUILD >sysctl-guard.spdx.json

The linker's maps name the archives and objects of which something was linked, the compiler's dependency files the
headers of each object of ours among them. dpkg says which package, of which version, each file is of. Of a header only
the fact is told that it was read: RapidJSON's are all code. Dates are SOURCE_DATE_EPOCH's.
"""
import datetime
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import uuid

PROGRAMS = {
    "sysctl-guard-hook": "usr/libexec/oci/hooks.d/sysctl-guard-hook",
    "sysctl-guard-runtime": "usr/bin/sysctl-guard-runtime",
}


def output_of(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def linked_files(build, program):
    """The files of the system that are in it, and the objects of ours: (layer, "json.cpp.o")."""
    text = (build / "hook" / f"{program}.map").read_text(errors="replace")
    included, rest = text.split("\nMemory Configuration", 1)
    archives = set(re.findall(r"^(\S+\.a)\((\S+)\)", included, re.M))
    system = {os.path.realpath(archive) for archive, _ in archives if archive.startswith("/usr/")}
    loaded = re.findall(r"^LOAD (/usr/\S+\.o)$", rest, re.M)
    ours = {(re.search(r"libsg_(\w+)\.a$", archive).group(1), member) for archive, member in archives
            if not archive.startswith("/usr/")}
    return system | {os.path.realpath(path) for path in loaded}, ours


def dependencies(build):
    """For each object file, below the build directory, the files that it was made of."""
    found = {}
    if (build / "build.ninja").exists():
        for block in output_of("ninja", "-C", str(build), "-t", "deps").split("\n\n"):
            lines = block.splitlines()
            if lines and ": #deps" in lines[0]:
                found[lines[0].split(":", 1)[0]] = [line.strip() for line in lines[1:]]
        return found
    for path in build.glob("hook/CMakeFiles/*.dir/**/*.o.d"):
        words = path.read_text().replace("\\\n", " ").split()
        found[str(path.relative_to(build))[:-2]] = words[1:]
    return found


def headers(build, program, ours):
    made_of = dependencies(build)
    folders = {f"sg_{layer}.dir" for layer, _ in ours}
    names = {f"{layer}/{member}" for layer, member in ours}
    used = set()
    for target, files in made_of.items():
        parts = target.split("/")
        if not target.startswith("hook/CMakeFiles/"):
            continue
        layer = parts[2].removesuffix(".dir").removeprefix("sg_")
        if parts[2] == f"{program}.dir" or (parts[2] in folders and f"{layer}/{parts[-1]}" in names):
            used.update(os.path.realpath(file) for file in files if file.startswith("/usr/"))
    if not used:
        sys.exit(f"spdx.py: {build} does not say what headers {program} was made of: build it again")
    return used


def packages_of(files):
    """Debian's packages by name: the version, the source package and its version."""
    try:
        found = output_of("dpkg", "-S", *sorted(files))
    except subprocess.CalledProcessError as error:
        sys.exit(f"spdx.py: of no Debian package: {error.stderr.strip()}; build on a Debian host, of packages alone")
    details = {}
    for name in {line.split(":", 1)[0].split(",")[0] for line in found.splitlines()}:
        shown = output_of("dpkg-query", "-W", "-f", "${Package}|${Version}|${Architecture}|"
                          "${source:Package}|${source:Version}\n", name)
        details[name] = shown.splitlines()[0].split("|")[1:]
    return details


def package(name, version, architecture, source, source_version):
    return {
        "SPDXID": "SPDXRef-Package-" + re.sub(r"[^A-Za-z0-9.-]", "-", name),
        "name": name,
        "versionInfo": version,
        "supplier": "Organization: Debian",
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": "NOASSERTION",
        "copyrightText": "NOASSERTION",
        "sourceInfo": f"of Debian's source package {source} {source_version}",
        "externalRefs": [{
            "referenceCategory": "PACKAGE-MANAGER",
            "referenceType": "purl",
            "referenceLocator": f"pkg:deb/debian/{name.replace('+', '%2B')}"
                                f"@{version.replace(':', '%3A').replace('+', '%2B')}?arch={architecture}",
        }],
    }


def program_file(build, name):
    content = (build / "bin" / name).read_bytes()
    return {
        "SPDXID": f"SPDXRef-File-{name}",
        "fileName": "./" + PROGRAMS[name],
        "fileTypes": ["BINARY"],
        "checksums": [{"algorithm": "SHA1", "checksumValue": hashlib.sha1(content).hexdigest()},
                      {"algorithm": "SHA256", "checksumValue": hashlib.sha256(content).hexdigest()}],
        "comment": "as it was built; the packages have it without symbols",
        "licenseConcluded": "NOASSERTION",
        "copyrightText": "NOASSERTION",
    }


def main(build):
    files, relationships, debian = [], [], {}
    for name in PROGRAMS:
        linked, ours = linked_files(build, name)
        file = program_file(build, name)
        files.append(file)
        relationships.append(("SPDXRef-DOCUMENT", "DESCRIBES", file["SPDXID"], ""))
        by_link = packages_of(linked)
        by_header = packages_of(headers(build, name, ours))
        debian.update(by_link)
        debian.update(by_header)
        for other in sorted(by_link):
            relationships.append((file["SPDXID"], "STATIC_LINK", package(other, *by_link[other])["SPDXID"], ""))
        for other in sorted(by_header):
            relationships.append((file["SPDXID"], "GENERATED_FROM", package(other, *by_header[other])["SPDXID"],
                                  "headers of it were compiled"))
    seconds = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
    created = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    sums = " ".join(file["checksums"][1]["checksumValue"] for file in files)
    document = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": "the static programs of sysctl-guard",
        "documentNamespace": uuid.uuid5(uuid.NAMESPACE_OID, sums).urn,
        "creationInfo": {"created": created.strftime("%Y-%m-%dT%H:%M:%SZ"), "creators": ["Tool: packaging/spdx.py"]},
        "packages": [package(name, *debian[name]) for name in sorted(debian)],
        "files": files,
        "relationships": [{"spdxElementId": a, "relationshipType": kind, "relatedSpdxElement": b,
                           **({"comment": comment} if comment else {})} for a, kind, b, comment in relationships],
    }
    json.dump(document, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: spdx.py BUILD")
    main(pathlib.Path(sys.argv[1]))
