#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""agree.py - the schemas and sysctl-guard give the same answer.

A validator of JSON Schema and `sysctl-guard check --json` judge every file in schema/good,
schema/bad, schema/beyond and examples, the inputs of the fuzz targets, and many mutations of the
good files (seeded: each run is the same). What sysctl-guard accepts the schema must accept; what
only the schema accepts must be one of the mistakes that schema/README.md lists as beyond a schema.
For check-output sysctl-guard is the producer: each document it prints here must be valid.

Run at the repository root, with Debian's python3, which sees the package python3-jsonschema. BUILD
names the build directory (default build) with bin/ in it. Prints each disagreement and exits 1.
"""

import copy
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

import jsonschema

PROGRAM = pathlib.Path(os.environ.get("BUILD", "build"), "bin", "sysctl-guard")
SCHEMA = pathlib.Path("schema")
CORPUS = pathlib.Path("test/fuzz/corpus")
# Lets annotations ask for anything, so that the limit plays no part; has groups, a profile, modes.
NODE_POLICY = "test/schema/node-policy.json"
SEED = 20240501
RULES, LISTS, DOCUMENTS = 4000, 600, 250
BATCH = 25
# The last finding where there are too many to show.
MORE = "there are more mistakes from here on"

PREFIX = "io.sysctl-guard."
NAME_KEYS = ("io.kubernetes.container.name", "io.kubernetes.cri.container-name")
# The keys of the fuzz target `annotations`, which writes them short.
SHORT_KEYS = {"a": "allow", "d": "deny", "r": "deny-read", "m": "mode", "p": "profile"}
# Accesses asked about each time, so that documents without an error have verdicts.
ACCESSES = ["net.ipv4.ip_forward=0", "kernel.kptr_restrict", "net.core.somaxconn=",
            "kernel.x=\x1b\n"]

Draft = jsonschema.Draft202012Validator
found = []
work = None


def complain(where, text):
    found.append(f"{where}: {text}")


def fail(text):
    print(f"agree.py: {text}")
    sys.exit(1)


# --- the schemas ---------------------------------------------------------------------------------

def content_schema(validator, schema, instance, whole):
    """The keyword as an assertion, which 2020-12 leaves to the validator."""
    if whole.get("contentMediaType") == "application/json" and isinstance(instance, str):
        try:
            content = json.loads(instance)
        except ValueError:
            yield jsonschema.ValidationError("is not JSON")
            return
        yield from validator.descend(content, schema)


Strict = jsonschema.validators.extend(Draft, {"contentSchema": content_schema})


def load_schema(name):
    schema = json.loads((SCHEMA / f"{name}.v1.schema.json").read_text(encoding="utf-8"))
    Draft.check_schema(schema)
    return schema


def part(schema, name, validator):
    """The validator of one definition in a schema."""
    return validator({"$defs": schema["$defs"], "$ref": f"#/$defs/{name}"})


# --- sysctl-guard --------------------------------------------------------------------------------

def check(arguments, where):
    """The errors that `check --json` finds; the document it prints must be valid itself."""
    run = subprocess.run(
        [PROGRAM, "check", "--json", "--private-ns", "net,ipc,uts,user", *arguments, *ACCESSES],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=20)
    try:
        document = json.loads(run.stdout)
    except ValueError:
        fail(f"{where}: check prints no document, status {run.returncode}: {run.stderr!r}")
    for error in OUTPUT.iter_errors(document):
        complain(where, f"check prints what its schema refuses: {error.message}, {error.path}")
    errors = [f for f in document["findings"] if f["severity"] == "error"]
    if bool(errors) != (run.returncode == 2):
        complain(where, f"check ends with {run.returncode} and shows {len(errors)} errors")
    return errors


def check_node_policy(text, where):
    path = work / "policy.json"
    path.write_bytes(text)
    return check(["--policy", path], where)


def check_annotations(annotations, where):
    (work / "config.json").write_text(json.dumps({"annotations": annotations}))
    return check(["--policy", NODE_POLICY, "--bundle", work], where)


def views(annotations):
    """The map as it is, and as each other container would have it that a key names."""
    yield annotations
    if not isinstance(annotations, dict):
        return
    keys = [key[len(PREFIX):].partition("/") for key in annotations if key.startswith(PREFIX)]
    for name in sorted({name for _, _, name in keys if name}):
        yield {**{k: v for k, v in annotations.items() if k not in NAME_KEYS}, NAME_KEYS[0]: name}


def check_all_views(annotations, where):
    return [error for view in views(annotations) for error in check_annotations(view, where)]


# --- comparing -----------------------------------------------------------------------------------

def is_beyond(error):
    return any(text in error["message"] for text in BEYOND)


def compare(where, accepts, errors):
    """`accepts` is the answer of the schema, `errors` that of sysctl-guard."""
    if not errors and not accepts:
        complain(where, "the schema refuses what sysctl-guard accepts")
    if accepts:
        for error in errors:
            if not is_beyond(error):
                complain(where, f"the schema does not see: {error['message']}")


def compare_corpora(name, check_file):
    """The files of good/, bad/, beyond/ and examples/ of one schema; returns the good documents."""
    validator = Draft(SCHEMAS[name])
    good = []
    folders = [(kind, SCHEMA / kind / name) for kind in ("good", "bad", "beyond")]
    for kind, folder in [*folders, ("good", pathlib.Path("examples", name))]:
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            document = json.loads(path.read_bytes())
            if validator.is_valid(document) != (kind != "bad"):
                complain(path, f"the schema {'accepts' if kind == 'bad' else 'refuses'} it")
            errors = check_file(path, document) if check_file else []
            if kind == "good":
                good.append(document)
                for error in errors:
                    complain(path, f"sysctl-guard refuses it: {error['message']}")
            elif check_file and not errors:
                complain(path, "sysctl-guard accepts it")
            elif kind == "beyond":
                seen.update(text for text in BEYOND for e in errors if text in e["message"])
                for error in (e for e in errors if not is_beyond(e)):
                    complain(path, f"no row of schema/README.md says: {error['message']}")
    return good


def is_cut(errors):
    return bool(errors) and errors[-1]["message"].startswith(MORE)


def compare_rules(rules):
    """Single strings: as rules, and as patterns in a list that takes no values."""
    found_in = {(key, i): [] for key in ("allow", "deny") for i in range(len(rules))}
    policy = {"version": 1, "groups": {"vpn": ["net.a=1"]},
              "profiles": {"p": {"allow": rules, "deny": rules}}}
    errors = check_node_policy(json.dumps(policy).encode(), "mutated rules")
    if is_cut(errors) and len(rules) > 1:
        return compare_rules(rules[:len(rules) // 2]) + compare_rules(rules[len(rules) // 2:])
    if is_cut(errors):  # of one string alone, and nothing is said about the second list
        found_in = dict.fromkeys(found_in, errors[:-1])
        errors = []
    for error in errors:
        _, _, _, key, index = error["pointer"].split("/")
        found_in[key, int(index)].append(error)
    for (key, index), those in found_in.items():
        definition = {"allow": "rule", "deny": "pattern"}[key]
        for schema in ("node-policy", "annotations"):
            accepts = PARTS[schema, definition].is_valid(rules[index])
            compare(f"{schema}, {definition} {rules[index]!r}", accepts, those)
    return sum(not those for those in found_in.values())


def compare_lists(*lists):
    """Three lists at most, each of which is an annotation of its own."""
    return compare_keys(dict(zip((PREFIX + "allow", PREFIX + "deny", PREFIX + "deny-read"), lists)))


def compare_keys(annotations):
    errors = check_annotations(annotations, f"lists {annotations!r}")
    if is_cut(errors) and len(annotations) > 1:
        return sum(compare_keys({key: text}) for key, text in annotations.items())
    accepted = 0
    for key, text in annotations.items():
        those = [error for error in errors if error["source"] == f"annotation {key}"]
        definition = "rules" if key == PREFIX + "allow" else "patterns"
        compare(f"{key} {text!r}", PARTS["annotations", definition].is_valid(text), those)
        accepted += not those
    return accepted


def compare_documents(name, documents, check_document):
    accepted = 0
    for document in documents:
        errors = check_document(document, f"{name} {document!r}")
        compare(f"{name} {json.dumps(document)}", STRICT[name].is_valid(document), errors)
        accepted += not errors
    return accepted


# --- mutations -----------------------------------------------------------------------------------

# What means something in a rule or a list, somewhere.
PIECES = (list(" \t\n\r.,;=|*\"@/\\059+-?[{a") +
          ["..", "**", '""', "-0", "00", "//", "/./", "\r\n", "0..1", "5..", "..-5", " * ", "=1",
           "=@current", "@current..", "|x", "@net", "/proc/sys/", "2147483648", "99999999999999999999",
           "\u00e9", "\x7f", "a" * 127, "b" * 254, '["', '"]', "\\u0041", '\\"'])
VALUES = [None, True, 0, 1, 1.5, -1, "", "enforce", "audit", "clip", "net.a", "@net", "net.a=1", [],
          ["net.a"], [5], {}, {"allow": []}]
KEYS = ["version", "limit", "allow", "host", "deny", "onExcess", "default", "denyRead", "mode",
        "profiles", "groups", "annotationModes", "net", "a-", "g", "g" * 64, "", PREFIX + "allow",
        PREFIX + "deny-read", PREFIX + "mode", PREFIX + "alow", PREFIX + "allow/",
        PREFIX + "deny/db", PREFIX + "profile/\n", PREFIX, "a\nb/c~"]


def mutate_text(text, pool, dice):
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        at = dice.randrange(len(text) + 1)
        to = min(len(text), at + dice.choice((0, 0, 1, 1, 2, 5)))
        kind = dice.randrange(6)
        if kind == 0:
            text = text[:at] + text[to:]
        elif kind == 1:
            other = dice.choice(pool)
            text = text[:at] + other[dice.randrange(len(other) + 1):]
        elif kind == 2:
            text = text[:to] + text[at:]
        else:
            text = text[:at] + dice.choice(PIECES) + text[to:]
    return text


def places(document, path=()):
    """The path of each value in a document."""
    yield path
    members = document.items() if isinstance(document, dict) else (
        enumerate(document) if isinstance(document, list) else ())
    for key, value in members:
        yield from places(value, (*path, key))


def mutate_document(document, pool, dice):
    result = copy.deepcopy(document)
    path = dice.choice(list(places(result)))
    holder = {"": result}
    for key in ("", *path)[:-1]:
        holder = holder[key]
    key = ("", *path)[-1]
    value = holder[key]
    if isinstance(value, str) and dice.randrange(2):
        holder[key] = mutate_text(value, pool, dice)
    elif isinstance(value, dict) and dice.randrange(2):
        value[dice.choice(KEYS)] = dice.choice(VALUES)
    elif isinstance(value, list) and dice.randrange(2):
        value.append(dice.choice((*VALUES, dice.choice(pool))))
    elif path and dice.randrange(2):
        del holder[key]
    else:
        holder[key] = dice.choice(VALUES)
    return result


def strings_of(document):
    if isinstance(document, str):
        return [document]
    if isinstance(document, dict):
        document = document.values()
    if not hasattr(document, "__iter__"):
        return []
    return [text for value in document for text in strings_of(value)]


# --- inputs of the fuzz targets ------------------------------------------------------------------

def fuzz_pieces(target, separator):
    """The pieces of each input of one target that are UTF-8; others no JSON can hold."""
    for path in sorted((CORPUS / target).iterdir()):
        pieces = []
        for piece in path.read_bytes().split(separator):
            try:
                pieces.append(piece.decode())
            except UnicodeDecodeError:
                pieces.append("")
        yield path, pieces


def long_key(key):
    short, slash, name = key.partition("/")
    if short in SHORT_KEYS:
        return PREFIX + SHORT_KEYS[short] + slash + name
    return {"n": NAME_KEYS[0], "c": NAME_KEYS[1]}.get(key, key)


def compare_fuzz_inputs():
    count = 0
    for path, (first, *rest) in fuzz_pieces("annotations", b"\x01"):
        pairs = [first[1:], *rest]
        annotations = {long_key(k): v for k, v in zip(pairs[::2], pairs[1::2])}
        errors = check_all_views(annotations, path)
        compare(path, STRICT["annotations"].is_valid(annotations), errors)
        count += 1
    for path, pieces in fuzz_pieces("node_policy", b"\xff"):
        document = json.loads(pieces[0])
        errors = check_node_policy(pieces[0].encode(), path)
        compare(path, STRICT["node-policy"].is_valid(document), errors)
        compare_lists(*pieces[1:3])
        count += 1
    for _, pieces in fuzz_pieces("policy", b"\xff"):
        compare_lists(*pieces[:3])
        count += 1
    return count


# --- all of it -----------------------------------------------------------------------------------

def compare_mutations(annotations, policies):
    dice = random.Random(SEED)
    lists = [text for document in annotations for text in strings_of(document)]
    rules = [text for document in policies for text in strings_of(document)]
    rules += [piece for text in lists for piece in re.split("[,;\n]", text) if piece]

    mutated = [mutate_text(dice.choice(rules), rules, dice) for _ in range(RULES)]
    accepted = sum(compare_rules(mutated[i:i + BATCH]) for i in range(0, RULES, BATCH))
    say_share("rules and patterns", accepted, 2 * RULES)

    mutated = [mutate_text(dice.choice(lists), lists, dice) for _ in range(LISTS)]
    accepted = sum(compare_lists(*mutated[i:i + 3]) for i in range(0, LISTS, 3))
    say_share("lists", accepted, LISTS)

    def many(documents):
        small = [document for document in documents if len(json.dumps(document)) < 4000]
        return [mutate_document(dice.choice(small), rules, dice) for _ in range(DOCUMENTS)]
    accepted = compare_documents(
        "node-policy", many(policies),
        lambda document, where: check_node_policy(json.dumps(document).encode(), where))
    say_share("node policies", accepted, DOCUMENTS)
    accepted = compare_documents("annotations", many(annotations), check_all_views)
    say_share("maps of annotations", accepted, DOCUMENTS)


def say_share(what, accepted, total):
    """Mutations of which nothing or everything is accepted test nothing."""
    print(f"{total} mutated {what}: {accepted} accepted")
    if not total // 10 < accepted < total * 9 // 10:
        complain("mutations", f"of {total} {what} {accepted} are accepted")


def limit_of_a_list():
    for size, fits in ((262144, True), (262145, False)):
        errors = check_annotations({f"{PREFIX}allow": "\n" * size}, "a long list")
        if PARTS["annotations", "rules"].is_valid("\n" * size) != fits or bool(errors) == fits:
            complain("annotations", f"a list of {size} bytes")


def beyond_in_readme():
    """The first column of the table that is headed "it says"."""
    text = (SCHEMA / "README.md").read_text(encoding="utf-8")
    rows = re.search(r"^\| it says \|.*\n\|.*\n((?:\|.*\n)+)", text, re.MULTILINE).group(1)
    return set(re.findall(r"^\| `([^`]+)`", rows, re.MULTILINE))


def main():
    global work
    if not PROGRAM.is_file() or not SCHEMA.is_dir():
        fail(f"no {PROGRAM} or no {SCHEMA}/ here: build, and run it at the repository root")
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        compare_corpora("check-output", None)
        compare_corpora("event", None)
        compare_corpora("list-output", None)
        compare_corpora("show-output", None)
        compare_corpora("learn-output", None)
        compare_corpora("update-output", None)
        compare_corpora("doctor-output", None)
        policies = compare_corpora("node-policy", lambda path, _: check(["--policy", path], path))
        annotations = compare_corpora(
            "annotations", lambda path, document: check_all_views(document, path))
        for text in sorted(BEYOND - seen):
            complain("schema/README.md", f"no file in schema/beyond/ shows '{text}'")
        limit_of_a_list()
        print(f"{compare_fuzz_inputs()} inputs of fuzz targets")
        compare_mutations(annotations, policies)
    for text in found[:40]:
        print(text)
    if len(found) > 40:
        print(f"and {len(found) - 40} more")
    return 1 if found else 0


SCHEMAS = {name: load_schema(name) for name in (
    "annotations", "node-policy", "check-output", "event", "list-output", "show-output",
    "learn-output", "update-output", "doctor-output")}
STRICT = {name: Strict(schema) for name, schema in SCHEMAS.items()}
OUTPUT = Draft(SCHEMAS["check-output"])
PARTS = {(name, definition): part(SCHEMAS[name], definition, Strict)
         for name in ("node-policy", "annotations")
         for definition in ("rule", "pattern", "rules", "patterns")}
# What sysctl-guard says of mistakes that no schema can see: a table in the README.
BEYOND = beyond_in_readme()
seen = set()

sys.exit(main())
