#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""docs.py - the documents say what the programs do.

Options and exit codes of each command equal those in its man page, annotation keys in the code
equal those in docs/policy.md and in the schema, relative links lead somewhere, each file in examples/ is used by a test or named in the README, a ```console block shows
what the program prints, a ```json block follows its schema, and no file mentions the place where it
was written.

Run at the repository root, with Debian's python3, which sees the package python3-jsonschema. BUILD
names the build directory (default build) with bin/ in it. Prints file:line for each breach and
exits 1.
"""

import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

import jsonschema

BUILD = pathlib.Path(os.environ.get("BUILD", "build"))
PREFIX = "io.sysctl-guard."
ANNOTATIONS = "schema/annotations.v1.schema.json"
NODE_POLICY = "schema/node-policy.v1.schema.json"
# The page that shows the node policy with the value of each key that is left out.
DEFAULTS = ("docs/node-policy.md", "The file")

# The pages of programs that declare no commands; the others are made from `sysctl-guard --list-commands`.
HOOK_PAGE = "docs/man/sysctl-guard-hook.8.md"
MAIN_PAGE = "docs/man/sysctl-guard.8.md"
# A program without options of its own: whose --help it prints is another program.
RUNTIME_PAGE = "docs/man/sysctl-guard-runtime.8.md"
HOOK_CODES = "hook/programs/exit_code.h"
# Commands that the page of the program itself describes whole.
WITHOUT_PAGE = ["version"]
SECTIONS = ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "FILES", "EXAMPLES",
            "SEE ALSO"]
# Written in two pieces, so that this file does not hold what it looks for.
FORBIDDEN = re.compile("|".join((
    r"(?<![\w./-])/wo" r"rk/", r"\.\./sha" r"red\b", r"\bDESI" r"GN(\.md| section| \d)",
    r"\bSTY" r"LE(\.md| \d)", r"\bfac" r"ts/\w+\.md")))

found = []


def complain(path, line, text):
    found.append(f"{path}:{line}: {text}")


def lines_of(path):
    return pathlib.Path(path).read_text(encoding="utf-8").splitlines()


def project_files():
    """Every file of the project: what git tracks and what it would track."""
    listed = subprocess.run(
        ["git", "-c", f"safe.directory={pathlib.Path.cwd()}", "ls-files", "-z", "--cached",
         "--others", "--exclude-standard"], capture_output=True, text=True)
    if listed.returncode == 0:
        names = [name for name in listed.stdout.split("\0") if name]
    else:
        names = [str(p) for p in pathlib.Path(".").rglob("*")
                 if ".git" not in p.parts]
    return sorted(p for p in map(pathlib.Path, names)
                  if p.is_file() and not p.is_relative_to(BUILD))


def section(path, title):
    """The numbered lines of one section, of a man page ("# ") or of a page ("## ")."""
    inside = False
    for number, text in enumerate(lines_of(path), 1):
        if re.match(r"##? ", text):
            inside = text.lstrip("#").strip() == title
        elif inside:
            yield number, text


def declarations():
    """Each page of a command with its declaration."""
    listed = subprocess.run([BUILD / "bin" / "sysctl-guard", "--list-commands"], capture_output=True, text=True, timeout=20)
    document = json.loads(listed.stdout)
    pages = {MAIN_PAGE: document["program"]}
    for command in document["commands"]:
        if f"**{command['name']}**" not in "\n".join(lines_of(MAIN_PAGE)):
            complain(MAIN_PAGE, 1, f"says nothing of the command {command['name']}")
        if command["name"] not in WITHOUT_PAGE:
            pages[f"docs/man/sysctl-guard-{command['name']}.8.md"] = command
    return pages


def check_sections(pages):
    for page in [*pages, HOOK_PAGE, RUNTIME_PAGE]:
        if not pathlib.Path(page).is_file():
            complain(page, 1, "is missing: every command has a page")
            continue
        titles = [text[2:].strip() for text in lines_of(page) if text.startswith("# ")]
        if titles != SECTIONS:
            complain(page, 1, f"sections are {titles}, not {SECTIONS}")
        # The title of the roff page.
        name = pathlib.Path(page).name.removesuffix(".8.md")
        if lines_of(page)[0] != f"% {name} 8":
            complain(page, 1, f"the first line is not '% {name} 8'")


def compare(page, title, pattern, declared, what):
    """What the pattern finds in a section of the page is what the program declares."""
    written = {}
    for number, text in section(page, title):
        for name in re.findall(pattern, text) if text.startswith(("**-", "|")) else ():
            written[name] = number
    for name in sorted(declared - set(written)):
        complain(page, 1, f"{what} {name} is not in {title}")
    for name in sorted(set(written) - declared):
        complain(page, written[name], f"{what} {name} is not what the program has")


def check_options_and_codes(pages):
    for page, command in pages.items():
        if pathlib.Path(page).is_file():
            options = {"--help"} | {option["name"] for option in command["options"]}
            compare(page, "OPTIONS", r"--[a-z][a-z-]*", options, "option")
            codes = {str(code) for code in command["exitCodes"]}
            compare(page, "EXIT STATUS", r"^\| *(\d+) *\|", codes, "exit code")
    run = subprocess.run([BUILD / "bin" / "sysctl-guard-hook", "--help"], capture_output=True,
                         text=True, stdin=subprocess.DEVNULL, timeout=20)
    # Only where an option is introduced, not where a description mentions one.
    helped = re.findall(r"^\s*(?:-\w, ?)?(--[a-z][a-z-]*)", run.stdout + run.stderr, re.MULTILINE)
    compare(HOOK_PAGE, "OPTIONS", r"--[a-z][a-z-]*", set(helped), "option")
    header = pathlib.Path(HOOK_CODES).read_text(encoding="utf-8")
    codes = set(re.findall(r"inline constexpr int kHook\w+ = (\d+);", header))
    compare(HOOK_PAGE, "EXIT STATUS", r"^\| *(\d+) *\|", codes, "exit code")


def check_annotation_keys():
    code, page = "hook/policy/annotations.h", "docs/policy.md"
    # The keys stand in one array, kAnnotationKeys, without their prefix.
    source = pathlib.Path(code).read_text(encoding="utf-8")
    array = re.search(r"\bkAnnotationKeys\s*=\s*\{([^}]*)\}", source)
    names = re.findall(r'"([a-z][a-z-]*)"', array.group(1)) if array else []
    line = source.count("\n", 0, array.start()) + 1 if array else 1
    in_code = dict.fromkeys(names, line)
    in_page = {}
    for number, text in section(page, "Annotations"):
        match = re.match(r"\| `" + re.escape(PREFIX) + r"([a-z][a-z-]*)` \|", text)
        if match:
            in_page.setdefault(match.group(1), number)
    if not in_code:
        complain(code, 1, "has no array kAnnotationKeys with the keys in it")
    for name in sorted(set(in_code) - set(in_page)):
        complain(code, in_code[name], f"{PREFIX}{name} is in no table of {page}")
    for name in sorted(set(in_page) - set(in_code)):
        complain(page, in_page[name], f"{PREFIX}{name} is not a key in {code}")
    # In the schema each key stands twice: alone, and with "/NAME" behind it.
    schema = json.loads(pathlib.Path(ANNOTATIONS).read_text(encoding="utf-8"))
    ours = PREFIX.replace(".", r"\.")
    alone = [key[len(PREFIX):] for key in schema["properties"]]
    named = [match.group(1) for key in schema["patternProperties"]
             if (match := re.match(rf"\^{re.escape(ours)}([a-z-]+)/", key))]
    for keys, where in ((alone, "properties"), (named, "patternProperties")):
        if sorted(keys) != sorted(in_code):
            complain(ANNOTATIONS, 1, f"{where} has {sorted(keys)}, {code} has {sorted(in_code)}")


def anchors(path):
    """The anchors of a Markdown file's headings, as forges make them."""
    result = set()
    for text in lines_of(path):
        match = re.match(r"#+ +(.*)", text)
        if match:
            plain = re.sub(r"[^\w\- ]", "", match.group(1).strip().lower())
            result.add(plain.replace(" ", "-"))
    return result


def check_links(files):
    for path in (p for p in files if p.suffix == ".md"):
        fenced = False
        for number, text in enumerate(lines_of(path), 1):
            if text.lstrip().startswith("```"):
                fenced = not fenced
            if fenced:
                continue
            for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`]*`", "", text)):
                if re.match(r"[a-z]+:", target):
                    continue
                name, _, anchor = target.partition("#")
                goal = path.parent / name if name else path
                if not goal.exists():
                    complain(path, number, f"the link {target} leads nowhere")
                elif anchor and goal.suffix == ".md" and anchor not in anchors(goal):
                    complain(path, number, f"{goal} has no heading for #{anchor}")


def console_commands(path):
    """Each command of a ```console block: line, arguments after "$ ", and the output shown below."""
    inside, commands = False, []
    for number, text in enumerate(lines_of(path), 1):
        if text.startswith("```"):
            inside = text == "```console"
        elif inside and text.startswith("$ "):
            commands.append([number, text[2:], []])
        elif inside and commands and not commands[-1][2] and commands[-1][1].endswith("\\"):
            commands[-1][1] = commands[-1][1][:-1] + text
        elif inside and commands:
            commands[-1][2].append(text)
    return commands


def check_transcripts(files):
    """What a console block shows is what the program prints; other commands are not run."""
    for path in (p for p in files if p.suffix == ".md"):
        for number, command, shown in console_commands(path):
            arguments = shlex.split(command)
            program = BUILD / "bin" / arguments[0]
            if arguments[0] != "sysctl-guard" or not program.is_file():
                continue
            run = subprocess.run([program, *arguments[1:]], stdin=subprocess.DEVNULL, text=True,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=20)
            printed = run.stdout.splitlines()
            for offset, text in enumerate(shown):
                if offset >= len(printed) or printed[offset] != text:
                    now = printed[offset] if offset < len(printed) else "nothing"
                    complain(path, number, f"prints '{now}' where the page shows '{text}'")
                    break
            else:
                if len(printed) > len(shown):
                    complain(path, number, f"prints '{printed[len(shown)]}', which the page lacks")


def json_blocks(path):
    """Each ```json block: its first line, the section it stands in, and its text."""
    title, block = "", None
    for number, text in enumerate(lines_of(path), 1):
        if block is not None and text.startswith("```"):
            yield block[0], title, "\n".join(block[1])
            block = None
        elif block is not None:
            block[1].append(text)
        elif text == "```json":
            block = (number + 1, [])
        elif re.match(r"## ", text):
            title = text[3:].strip()


def load_validator(path, definition=None):
    schema = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    if definition:
        schema = {"$defs": schema["$defs"], "$ref": f"#/$defs/{definition}"}
    return jsonschema.Draft202012Validator(schema)


def check_json_blocks(files):
    """Blocks are JSON, or members of an object: node policies have a version, arrays are rules."""
    policy, rules = load_validator(NODE_POLICY), load_validator(NODE_POLICY, "rules")
    for path in (p for p in files if p.suffix == ".md"):
        for number, title, text in json_blocks(path):
            try:
                document = json.loads(f"{{{text}}}" if text.startswith('"') else text)
            except ValueError as error:
                complain(path, number, f"the block is no JSON: {error}")
                continue
            is_policy = isinstance(document, dict) and "version" in document
            validator = policy if is_policy else rules if isinstance(document, list) else None
            for error in validator.iter_errors(document) if validator else ():
                complain(path, number, f"/{'/'.join(map(str, error.path))}: {error.message[:100]}")
            if is_policy and (str(path), title) == DEFAULTS:
                check_defaults(path, number, document, policy.schema)


def check_defaults(path, number, value, schema, name=""):
    """What the page shows for each key is its default in the schema, and no key is missing."""
    members = schema.get("properties")
    if members is None:
        if name != "/version" and value != schema.get("default"):
            complain(path, number, f"{name} is {value}, in the schema {schema.get('default')}")
    elif set(members) != set(value):
        complain(path, number, f"{name} has {sorted(value)}, in the schema {sorted(members)}")
    else:
        for key, member in members.items():
            check_defaults(path, number, value[key], member, f"{name}/{key}")


def check_examples(files):
    readers = [p for p in files if p.parts[0] in ("test", ".ci") or str(p) == "README.md"]
    text = "\n".join(p.read_text(encoding="utf-8", errors="replace") for p in readers)
    for path in (p for p in files if p.parts[0] == "examples"):
        if str(path) not in text:
            complain(path, 1, "no test and not the README names this file")


def check_words(files):
    for path in files:
        for number, text in enumerate(
                path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            match = FORBIDDEN.search(text)
            if match:
                complain(path, number, f"'{match.group()}' means nothing to a reader of this file")


def main():
    if not pathlib.Path("docs/man").is_dir():
        print("docs.py: no docs/man/ here: run it at the repository root")
        return 1
    for program in ("sysctl-guard", "sysctl-guard-hook"):
        if not (BUILD / "bin" / program).is_file():
            print(f"docs.py: {BUILD}/bin/{program} is not built: build first, or set BUILD")
            return 1
    files = project_files()
    pages = declarations()
    check_sections(pages)
    check_options_and_codes(pages)
    check_annotation_keys()
    check_links(files)
    check_transcripts(files)
    check_json_blocks(files)
    check_examples(files)
    check_words(files)
    for text in found:
        print(text)
    return 1 if found else 0


sys.exit(main())
