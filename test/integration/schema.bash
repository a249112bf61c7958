# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# schema.bash - a document that a command printed, held against its schema.

# follows_schema NAME DOCUMENT: NAME as in schema/NAME.v1.schema.json. Debian's own python3: another one in PATH does not
# see the package python3-jsonschema.
follows_schema() {
  /usr/bin/python3 -c 'import json, sys, jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator(schema).validate(json.load(sys.stdin))' "$SG_TOP/schema/$1.v1.schema.json" <<<"$2"
}
