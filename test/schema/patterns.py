#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""patterns.py - the regular expressions of the schemas, put together from named pieces.

A pattern of JSON Schema cannot name another one, so those for rules and lists are long. They are
made here from pieces that each fit a line, after the grammar of docs/policy.md.

  patterns.py          prints each pattern in schema/ that is not what is made here, and exits 1
  patterns.py --write  puts them there

Run at the repository root. The dialect is what ECMA-262 (flag u) and Python read alike: in Python
`$` also stands before a final line break, so the end is written END.
"""

import json
import pathlib
import sys

ANNOTATIONS = "schema/annotations.v1.schema.json"
NODE_POLICY = "schema/node-policy.v1.schema.json"
END = r"$(?!\n)"

# --- layout --------------------------------------------------------------------------------------

BLANKS = r"[ \t]*"
LINES = r"(?:[ \t]|\r?\n)*"
# Between two rules of a plain list: one semicolon or comma with layout around it, or line breaks.
SEPARATOR = rf"(?:{LINES}[,;]{LINES}|{BLANKS}\r?\n{LINES})"
JSON_SPACE = r"[ \t\r\n]*"

# --- names ---------------------------------------------------------------------------------------

# Printable but for the blank, the separators "." and "/", and what has a meaning: " , ; = ? @ [ { |
NAME_BYTE = r"!#-+\-0-:<>A-Z\\\]-z}~"
# The whole name, without a leading /proc/sys/: 127 bytes at most, and no "**".
NAME_TESTS = rf"(?=[{NAME_BYTE}./]{{1,127}}(?![{NAME_BYTE}./]))(?![{NAME_BYTE}./]*\*\*)"
# The first separator decides: behind a dot every slash is a byte of a component, and the other way
# round. No component is empty, "." or ".."; behind a dot those two are written "/" and "//".
DOTTED = rf"(?:\.(?!//?(?![{NAME_BYTE}/]))[{NAME_BYTE}/]+)+"
SLASHED = rf"(?:/(?!\.\.?(?![{NAME_BYTE}.]))[{NAME_BYTE}.]+)*"
NAME = rf"(?:/proc/sys/)?{NAME_TESTS}[{NAME_BYTE}]+(?:{DOTTED}|{SLASHED})"

# Of a group or a profile.
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9._\-]{0,61}[A-Za-z0-9])?"
BUILT_IN = r"(?:current|ipc|kubernetes-safe|namespaced|net|pid|user|uts)"
GROUP = f"@{LABEL}"

# --- values --------------------------------------------------------------------------------------

# Canonical decimal: -2^63 has 19 digits, 2^64 - 1 has 20.
INTEGER = r"(?:0|-[1-9][0-9]{0,18}|[1-9][0-9]{0,19})"
NUMBER = rf"(?:{INTEGER}(?:\.\.(?:{INTEGER})?)?|\.\.{INTEGER})"
# A row of numbers and lone "*", at least one of them a number.
NUMERIC = rf"(?:\*[ \t]+)*{NUMBER}(?:[ \t]+(?:{NUMBER}|\*))*"

# What the sysctl holds, by itself or as the lower end of a range.
CURRENT = rf"@current(?:\.\.(?:{INTEGER})?)?"
# The word in any case, which no text without quotes has but behind a letter, a digit or "_".
CURRENT_WORD = "@" + "".join(f"[{letter.upper()}{letter}]" for letter in "current")

# A doubled quote is one byte of the text. Empty text only in front of a "*".
QUOTED = r'"(?:(?:[\t !#-~]|""){1,254}"\*?|"\*)'

# Bytes of text without quotes, but for the blanks: printable without " * | and, in a plain list,
# the comma and the semicolon.
TEXT_BYTE = r"!#-)+-{}~"
LISTED_TEXT_BYTE = r"!#-)+\--:<-{}~"


def text(byte):
    """Text without quotes: no "..", no "*" but at the end, and not what is read as numbers or as "@current"."""
    digits = r"[+\-]?[0-9]+"
    row = rf"{digits}(?:[ \t]+{digits})*(?:[ \t]+\*)?{BLANKS}(?![\t {byte}*])"
    whole, start = rf"[{byte}](?:[\t {byte}]{{0,252}}[{byte}])?", rf"[{byte}][\t {byte}]{{0,253}}"
    body = rf"(?:\*|{whole}|{start}\*)"
    current = rf"(?:[\t {byte}]*(?![A-Za-z0-9_])[\t {byte}])?{CURRENT_WORD}"
    return rf"(?!{row})(?!{current})(?![\t {byte}]*\.\.){body}"


def values(byte, quoted=True):
    """What follows a "=": alternatives between "|"."""
    value = f"(?:{CURRENT}|{NUMERIC}|{QUOTED + '|' if quoted else ''}{text(byte)})"
    return rf"{BLANKS}{value}(?:{BLANKS}\|{BLANKS}{value})*"


def rule(byte, quoted=True):
    return f"(?:{GROUP}|{NAME}(?:{BLANKS}={values(byte, quoted)})?)"


# --- lists ---------------------------------------------------------------------------------------

def plain_list(item):
    """Behind an item stands a separator and another item, or the end."""
    return f"^{LINES}(?:{item}(?:{SEPARATOR}(?=[!-~])|{LINES}{END}))*{END}"


def json_list(item):
    """An array of strings. In a string without a backslash stands `item`; one with an escape is
    only looked at for characters that no rule has."""
    byte = r" !#-\[\]-~"
    plain = rf'"(?=[{byte}]*"){BLANKS}{item}{BLANKS}"'
    escape = r'\\(?:["\\/t]|u00(?:09|[2-7][0-9A-Fa-f]))'
    escaped = rf'"(?=[{byte}]*\\)(?:[{byte}]|{escape})*"'
    elements = f'(?:(?:{plain}|{escaped}){JSON_SPACE}(?:,{JSON_SPACE}(?=")|(?=\\])))*'
    return rf"^{LINES}\[{JSON_SPACE}{elements}\]{JSON_SPACE}{END}"


PATTERN = f"(?:{GROUP}|{NAME})"
# Behind the pattern of a rule its values, or nothing.
VALUES = rf"^[^=]*(?:{END}|={values(TEXT_BYTE)}{BLANKS}{END})"
RULE_NAME = rf"^{BLANKS}(?:{GROUP}{BLANKS}{END}|{NAME}{BLANKS}(?:=|{END}))"
PATTERN_ONLY = f"^{BLANKS}{PATTERN}{BLANKS}{END}"

# (schema, path of the keyword in it) -> the pattern that stands there.
PATTERNS = {
    (ANNOTATIONS, "$defs/plainRules/pattern"): plain_list(rule(LISTED_TEXT_BYTE)),
    (ANNOTATIONS, "$defs/jsonRules/pattern"): json_list(rule(TEXT_BYTE, quoted=False)),
    (ANNOTATIONS, "$defs/plainPatterns/pattern"): plain_list(PATTERN),
    (ANNOTATIONS, "$defs/jsonPatterns/pattern"): json_list(PATTERN),
    (ANNOTATIONS, "$defs/profile/pattern"): f"^{LABEL}{END}",
}
for schema in (ANNOTATIONS, NODE_POLICY):
    PATTERNS[schema, "$defs/rule/allOf/0/pattern"] = RULE_NAME
    PATTERNS[schema, "$defs/rule/allOf/1/pattern"] = VALUES
    PATTERNS[schema, "$defs/pattern/pattern"] = PATTERN_ONLY
PATTERNS[NODE_POLICY, "$defs/profileName/pattern"] = f"^{LABEL}{END}"
PATTERNS[NODE_POLICY, "$defs/groupName/pattern"] = f"^(?!{BUILT_IN}{END}){LABEL}{END}"


def holder_of(document, path):
    """The object that holds the last key of the path, and that key."""
    *above, key = path.split("/")
    for part in above:
        document = document[int(part)] if isinstance(document, list) else document[part]
    return document, key


def main():
    write = sys.argv[1:] == ["--write"]
    if sys.argv[1:] and not write:
        print("usage: patterns.py [--write]")
        return 2
    differ = 0
    for schema in (ANNOTATIONS, NODE_POLICY):
        text_of_file = pathlib.Path(schema).read_text(encoding="utf-8")
        document = json.loads(text_of_file)
        for (of_schema, path), wanted in PATTERNS.items():
            if of_schema != schema:
                continue
            holder, key = holder_of(document, path)
            if holder[key] != wanted:
                differ += 1
                print(f"{schema}: {path} is not what {sys.argv[0]} makes")
                text_of_file = text_of_file.replace(json.dumps(holder[key]), json.dumps(wanted))
        if write:
            pathlib.Path(schema).write_text(text_of_file, encoding="utf-8")
    return 1 if differ and not write else 0


if __name__ == "__main__":
    sys.exit(main())
