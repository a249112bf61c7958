#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""cri.py - calls methods of the CRI as a kubelet does, one after the other, and prints each answer as a line of JSON.

    cri.py METHOD REQUEST [METHOD REQUEST]...

A text of a REQUEST that is `$FIELD` stands for that field of an answer before. The first error ends it: one line
`METHOD: CODE: DETAILS` on standard error, exit 1. protoc makes the messages of the api.proto of a Debian package, once.
"""
import importlib
import json
import os
import re
import subprocess
import sys

import grpc
from google.protobuf import json_format

SOCKET = "unix:///run/containerd/containerd.sock"
PROTO = "/usr/share/gocode/src/k8s.io/cri-api/pkg/apis/runtime/v1/api.proto"
MESSAGES = "/run/sg-cri"
# Longest time for one call; a pod takes a few seconds.
LIMIT = 60


def make_messages():
    """The messages as a Python module. What only steers the generator for Go is left out."""
    if not os.path.exists(MESSAGES + "/cri_pb2.py"):
        os.makedirs(MESSAGES, exist_ok=True)
        with open(PROTO, encoding="utf-8") as file:
            text = file.read()
        text = re.sub(r'^import "[^"]*gogo[^"]*";|^option[^;]*gogoproto[^;]*;', "", text, flags=re.MULTILINE)
        text = re.sub(r"\[\(gogoproto[^]]*\]", "", text)
        with open(MESSAGES + "/cri.proto", "w", encoding="utf-8") as file:
            file.write(text)
        subprocess.run(["protoc", "-I", MESSAGES, "--python_out", MESSAGES, "cri.proto"], check=True)
    sys.path.insert(0, MESSAGES)
    return importlib.import_module("cri_pb2")


def filled(value, known):
    """The request with the fields of earlier answers in it."""
    if isinstance(value, dict):
        return {key: filled(member, known) for key, member in value.items()}
    if isinstance(value, list):
        return [filled(element, known) for element in value]
    if isinstance(value, str) and value.startswith("$"):
        return known[value[1:]]
    return value


def call(channel, messages, method, request):
    described = messages.DESCRIPTOR.services_by_name["RuntimeService"].methods_by_name[method]
    message = json_format.ParseDict(request, getattr(messages, described.input_type.name)())
    answer = channel.unary_unary(
        "/runtime.v1.RuntimeService/" + method,
        request_serializer=lambda it: it.SerializeToString(),
        response_deserializer=getattr(messages, described.output_type.name).FromString,
    )(message, timeout=LIMIT)
    return json_format.MessageToDict(answer, preserving_proto_field_name=True)


def main():
    arguments = sys.argv[1:]
    messages = make_messages()
    known = {}
    with grpc.insecure_channel(SOCKET) as channel:
        for method, text in zip(arguments[::2], arguments[1::2]):
            try:
                answer = call(channel, messages, method, filled(json.loads(text), known))
            except grpc.RpcError as error:
                sys.exit(f"{method}: {error.code().name}: {error.details()}")
            print(json.dumps(answer), flush=True)
            known.update(answer)


main()
