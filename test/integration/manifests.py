#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""manifests.py - the documents below examples/kubernetes are what an API server and kustomize would take.

    manifests.py DIR

A table has the fields of each kind that these documents use, spelled as the Kubernetes API spells them, with their types;
any other field, and a missing one that is required, is a breach. What a kustomization names must be there, and every
YAML file must be named or be one that a user applies by itself. Prints each breach and exits 1. It is no replacement
for kustomize: nothing is merged here.
"""

import pathlib
import sys

import yaml

# A type is str, bool, int, a tuple of the texts that are valid, a list with the type of its elements, or a dict of
# fields; {str: str} is a map. A field that ends in "!" must be there.
MAP = {str: str}
META = {"name!": str, "namespace": str, "labels": MAP, "annotations": MAP}
HOST_PATH = {"path!": str, "type": ("Directory", "DirectoryOrCreate")}
CONTAINER = {
    "name!": str, "image": str, "args": [str], "env": [{"name!": str, "value": str}],
    "securityContext": {
        "runAsUser": int, "privileged": bool, "allowPrivilegeEscalation": bool, "readOnlyRootFilesystem": bool,
        "capabilities": {"drop": [str], "add": [str]}, "seccompProfile": {"type!": ("RuntimeDefault",)}},
    "readinessProbe": {"exec!": {"command!": [str]}, "periodSeconds": int, "timeoutSeconds": int},
    "resources": {"requests": {"cpu": str, "memory": str}},
    "volumeMounts": [{"name!": str, "mountPath!": str, "readOnly": bool}]}
POD = {
    "automountServiceAccountToken": bool, "enableServiceLinks": bool, "priorityClassName": str, "nodeSelector": MAP,
    "tolerations": [{"operator": ("Exists", "Equal")}], "runtimeClassName": str, "containers!": [CONTAINER],
    "volumes": [{"name!": str, "hostPath": HOST_PATH, "configMap": {"name!": str},
                 "emptyDir": {"medium": ("Memory",), "sizeLimit": str}}]}
TEMPLATE = {"metadata": {"labels": MAP}, "spec!": POD}
KUSTOMIZATION = {
    "apiVersion!": str, "kind!": str, "namespace": str, "resources": [str], "components": [str],
    "images": [{"name!": str, "newName": str, "newTag": str, "digest": str}],
    "patches": [{"path": str, "patch": str}],
    "configMapGenerator": [{"name!": str, "files!": [str], "options": {"disableNameSuffixHash": bool}}]}


def typed(metadata, **fields):
    return {"apiVersion!": str, "kind!": str, "metadata!": metadata, **fields}


# A patch of a DaemonSet has what differs, so no selector.
DAEMON_SET = typed(META, **{"spec!": {"selector": {"matchLabels!": MAP}, "template!": TEMPLATE}})
KINDS = {
    ("v1", "Namespace"): typed(META),
    ("v1", "Pod"): typed(META, **{"spec!": POD}),
    ("apps/v1", "DaemonSet"): DAEMON_SET,
    ("node.k8s.io/v1", "RuntimeClass"): typed(META, **{"handler!": str}),
    ("kustomize.config.k8s.io/v1beta1", "Kustomization"): KUSTOMIZATION,
    ("kustomize.config.k8s.io/v1alpha1", "Component"): KUSTOMIZATION,
}


def breaches(value, kind, where):
    """Each way in which the value is not of the kind."""
    if isinstance(kind, dict) and isinstance(value, dict):
        fields = {str(name).rstrip("!"): of for name, of in kind.items() if name is not str}
        for name in (name[:-1] for name in kind if name is not str and name.endswith("!")):
            if name not in value:
                yield f"{where}: {name} is missing"
        for name, entry in value.items():
            of = fields.get(name, kind.get(str))
            if of is None:
                yield f"{where}: there is no field {name}"
            else:
                yield from breaches(entry, of, f"{where}.{name}")
    elif isinstance(kind, list) and isinstance(value, list):
        for number, entry in enumerate(value):
            yield from breaches(entry, kind[0], f"{where}[{number}]")
    elif isinstance(kind, tuple):
        if value not in kind:
            yield f"{where}: {value!r} is none of {kind}"
    elif isinstance(kind, (dict, list)) or type(value) is not kind:
        yield f"{where}: {value!r} has another type"


def names_of(kustomization):
    """The paths that a kustomization names."""
    yield from kustomization.get("resources", ())
    yield from kustomization.get("components", ())
    yield from (patch["path"] for patch in kustomization.get("patches", ()) if "path" in patch)
    for generator in kustomization.get("configMapGenerator", ()):
        yield from generator["files"]


def main(top):
    found, named, applied = [], set(), set()
    for path in sorted(top.rglob("*.yaml")):
        (document,) = yaml.safe_load_all(path.read_text(encoding="utf-8"))
        kind = (document.get("apiVersion"), document.get("kind"))
        if kind not in KINDS:
            found.append(f"{path}: no kind {kind}")
            continue
        found += breaches(document, KINDS[kind], str(path))
        if path.name == "kustomization.yaml":
            for name in names_of(document):
                goal = path.parent / name
                named.add((goal / "kustomization.yaml" if goal.is_dir() else goal).resolve())
                if not goal.exists() or (goal.is_dir() and not (goal / "kustomization.yaml").exists()):
                    found.append(f"{path}: {name} is not there")
                if goal.resolve() in path.resolve().parents or path.parent.resolve() not in goal.resolve().parents:
                    found.append(f"{path}: {name} is not below it, which kustomize refuses")
        else:
            applied.add(path.resolve())
    found += [f"{path}: no kustomization names it" for path in applied - named if kind_is_not_alone(path)]
    print("\n".join(found))
    return 1 if found else 0


def kind_is_not_alone(path):
    """A pod is an example that is applied by itself."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))["kind"] != "Pod"


sys.exit(main(pathlib.Path(sys.argv[1])))
