#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""pod_options.py - a DaemonSet's pod as options of `podman run`, one a line.

    pod_options.py NODE CONFIG MANIFEST [PATCH]

hostPath volumes are those below NODE, the ConfigMap is CONFIG, emptyDir is a tmpfs. PATCH adds its volumes and mounts,
as the kustomize component does. Stops at a field that it has no option for: what podman is not told was not tried.
"""

import sys

import yaml

# What says nothing about the container's rights, or has an option below.
POD = {"automountServiceAccountToken", "enableServiceLinks", "priorityClassName", "nodeSelector", "tolerations",
       "volumes", "containers"}
CONTAINER = {"name", "image", "args", "env", "securityContext", "readinessProbe", "resources", "volumeMounts"}
SECURITY = {"runAsUser", "privileged", "allowPrivilegeEscalation", "readOnlyRootFilesystem", "capabilities",
            "seccompProfile"}


def require_known(what, fields, known):
    unknown = set(fields) - known
    if unknown:
        sys.exit(f"pod_options.py: {what}: no option for {sorted(unknown)}")


def mount(volume, read_only, target, node, config):
    mode = ",ro" if read_only else ""
    if "hostPath" in volume:
        return f"--volume={node}{volume['hostPath']['path']}:{target}:rslave{mode}"
    if "configMap" in volume:
        return f"--volume={config}:{target}:rslave{mode}"
    if "emptyDir" in volume:
        return f"--tmpfs={target}:size={volume['emptyDir']['sizeLimit'][:-1]},mode=755"
    return sys.exit(f"pod_options.py: no option for the volume {volume}")


def main(node, config, *manifests):
    volumes, mounts = {}, []
    for path in manifests:
        with open(path, encoding="utf-8") as file:
            pod = yaml.safe_load(file)["spec"]["template"]["spec"]
        require_known("pod", pod, POD)
        volumes |= {volume["name"]: volume for volume in pod["volumes"]}
        (container,) = pod["containers"]
        require_known("container", container, CONTAINER)
        mounts += container["volumeMounts"]
        if "securityContext" in container:
            security = container["securityContext"]
    require_known("securityContext", security, SECURITY)
    print(f"--user={security['runAsUser']}:0")
    print(f"--privileged={str(security['privileged']).lower()}")
    # As containerd's and CRI-O's CRI do it on a node with cgroup v2.
    print(f"--cgroupns={'host' if security['privileged'] else 'private'}")
    print(f"--read-only={str(security['readOnlyRootFilesystem']).lower()}")
    print("--read-only-tmpfs=false")
    if not security.get("allowPrivilegeEscalation", True):
        print("--security-opt=no-new-privileges")
    for drop in security.get("capabilities", {}).get("drop", ()):
        print(f"--cap-drop={drop}")
    for entry in mounts:
        print(mount(volumes[entry["name"]], entry.get("readOnly", False), entry["mountPath"], node, config))


main(*sys.argv[1:])
