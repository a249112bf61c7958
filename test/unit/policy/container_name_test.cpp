// SPDX-License-Identifier: Apache-2.0
// container_name_test.cpp - which names engines give, the text of them, and the way back.
#include "policy/container_name.h"

#include <map>
#include <string>

#include "support/catch.h"

using namespace sg;
using policy::ContainerName;
using policy::name_of_container;

TEST_CASE("Container name: by the annotations of each engine") {
  struct Case {
    const char* why;
    std::map<std::string, std::string> annotations;
    ContainerName name;
    std::string text, shown;
  };
  const std::string cri = "io.kubernetes.cri.";
  const std::string crio = "io.kubernetes.cri-o.";
  const Case cases[] = {
      {"none", {{"org.example", "a"}}, {}, "", ""},
      {"nerdctl", {{"nerdctl/name", "a"}}, {.name = "a"}, "a", "a"},
      {"containerd",
       {{cri + "container-type", "container"},
        {cri + "sandbox-namespace", "default"},
        {cri + "sandbox-name", "vpn-0"},
        {cri + "container-name", "wg"}},
       {"default", "vpn-0", "wg"},
       "default/vpn-0/wg",
       "default/vpn-0/wg"},
      {"containerd's sandbox",
       {{cri + "container-type", "sandbox"},
        {cri + "sandbox-namespace", "default"},
        {cri + "sandbox-name", "vpn-0"}},
       {"default", "vpn-0", ""},
       "default/vpn-0/",
       "sandbox of default/vpn-0"},
      {"CRI-O",
       {{crio + "ContainerType", "container"},
        {"io.kubernetes.pod.namespace", "default"},
        {"io.kubernetes.pod.name", "vpn-0"},
        {"io.kubernetes.container.name", "wg"}},
       {"default", "vpn-0", "wg"},
       "default/vpn-0/wg",
       "default/vpn-0/wg"},
      {"CRI-O's sandbox",
       {{crio + "ContainerType", "sandbox"},
        {crio + "Namespace", "default"},
        {crio + "KubeName", "vpn-0"},
        {"io.kubernetes.container.name", "POD"}},
       {"default", "vpn-0", ""},
       "default/vpn-0/",
       "sandbox of default/vpn-0"},
      {"a name alone beats nerdctl's",
       {{"nerdctl/name", "a"}, {cri + "container-name", "b"}},
       {.name = "b"},
       "b",
       "b"},
      {"no pod, or no namespace",
       {{cri + "sandbox-name", "p"}, {cri + "container-name", "b"}},
       {.name = "b"},
       "b",
       "b"},
      {"a slash where Kubernetes has none",
       {{cri + "sandbox-namespace", "a/b"},
        {cri + "sandbox-name", "p"},
        {cri + "container-name", "c"}},
       {.name = "c"},
       "c",
       "c"},
      {"no name and no sandbox",
       {{cri + "sandbox-namespace", "n"}, {cri + "sandbox-name", "p"}},
       {},
       "",
       ""},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const ContainerName name = name_of_container(c.annotations);
    CHECK(name == c.name);
    CHECK(policy::text_of(name) == c.text);
    CHECK(policy::shown_name(name) == c.shown);
    CHECK(policy::parse_container_name(c.text) == name);
  }
}

TEST_CASE("Container name: a text that no pod makes is a name") {
  for (const char* const text : {"", "a", "a/b", "/a", "a//b", "//", "/b/c", "a/b/c/d", "a//"}) {
    CHECK(policy::parse_container_name(text) == ContainerName{.name = text});
  }
  CHECK(policy::parse_container_name("a/b/c") == ContainerName{"a", "b", "c"});
  CHECK(policy::pod_text({"a", "b", "c"}) == "a/b");
  CHECK(policy::pod_text({.name = "c"}).empty());
  CHECK(
      policy::text_of({std::string(63, 'n'), std::string(253, 'p'), std::string(63, 'c')}).size() ==
      policy::kContainerNameMax);
}
