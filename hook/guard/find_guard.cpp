// SPDX-License-Identifier: Apache-2.0
// find_guard.cpp - gathers all that a text fits, and then looks whether that is one container.
#include "guard/find_guard.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.h"
#include "meta_abi.h"

namespace sg::guard {
namespace {

constexpr std::size_t kCandidatesMax = 10;  // more of them help nobody
constexpr std::size_t kTextMax = 128;       // of an ID, a name or a cgroup in a message
constexpr std::size_t kEngineId = 64;       // digits of an ID that an engine has made
constexpr std::string_view kCut = "...";    // where a table has no room for all of a text

bool is_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// Whoever chose this for a name wants it to be taken for the ID of another container.
bool reads_like_id(std::string_view text) { return text.size() >= kShortId && is_hex(text); }

// `list` shows what is unprintable escaped, and of what is long the beginning.
bool is_shown_as(std::string_view text, std::string_view wanted) {
  const std::string shown = escape(text, std::string::npos);
  if (!wanted.ends_with(kCut)) {
    return shown == wanted;
  }
  wanted.remove_suffix(kCut.size());
  return !wanted.empty() && shown.starts_with(wanted);
}

// A guard has the beginning of a long name.
bool is_name_of(const GuardView& view, std::string_view wanted) {
  const kernel::Container& container = view.container;
  return !container.name.empty() && !view.name.is_sandbox() &&
         container.name == wanted.substr(0, kernel::name_room(container.id));
}

// What a text fits.
struct Fits {
  std::vector<const GuardView*> by_id;      // the whole of one, or its cgroup
  std::vector<const GuardView*> by_prefix;  // the beginning of one
  std::vector<const GuardView*> by_name;
  std::vector<const GuardView*> by_pod;
  std::vector<const GuardView*> as_shown;  // none of these, but `list` shows it so
  std::set<std::string> unguarded;         // IDs without a guard, or with one of another version
};

Fits fits_of(const Containers& containers, std::string_view wanted) {
  Fits fits;
  std::set<std::string_view> guarded;
  const auto is_called = [&](const std::string& id) {
    const auto found = containers.engine_names.find(id);
    return found != containers.engine_names.end() && found->second == wanted;
  };
  for (const GuardView& view : containers.guards) {
    if (view.container.id.empty()) {
      continue;  // of another version, or nobody wrote it yet
    }
    const kernel::Container& container = view.container;
    guarded.insert(container.id);
    const IdMatch match = match_id(container.id, wanted);
    if (match == IdMatch::kWhole || view.guard.cgroup == wanted) {
      fits.by_id.push_back(&view);
    } else if (match == IdMatch::kPrefix) {
      fits.by_prefix.push_back(&view);
    } else if (is_name_of(view, wanted) || is_called(container.id) ||
               (view.name.is_sandbox() && shown_name(view) == wanted)) {
      fits.by_name.push_back(&view);
    } else if (view.name.is_in_pod() && policy::pod_text(view.name) == wanted) {
      fits.by_pod.push_back(&view);
    } else if (is_shown_as(container.id, wanted) || is_shown_as(shown_name(view), wanted)) {
      fits.as_shown.push_back(&view);
    }
  }
  for (const std::string& id : ids_in(containers.cgroups)) {
    if (!guarded.contains(id) && (match_id(id, wanted) != IdMatch::kNone || is_called(id))) {
      fits.unguarded.insert(id);
    }
  }
  return fits;
}

// How a guard is named in a message: by ID and name, by the ID alone, or with the cgroup.
enum class Text { kName, kId, kCgroup };

// One for each guard, each text once.
std::vector<std::string> texts_of(std::span<const GuardView* const> views, Text form) {
  std::vector<std::string> texts;
  for (const GuardView* const view : views) {
    const kernel::Container& container = view->container;
    std::string text = escape(container.id, kTextMax);
    if (const std::string name = shown_name(*view); form == Text::kName && !name.empty()) {
      text += " (" + escape(name, policy::kContainerNameMax) + ")";
    } else if (form == Text::kCgroup) {
      text += " on " + escape(view->guard.cgroup, kTextMax);
    }
    if (std::ranges::find(texts, text) == texts.end()) {
      texts.push_back(std::move(text));
    }
  }
  return texts;
}

Error ambiguous(std::string_view wanted, const Fits& fits) {
  std::vector<const GuardView*> views = fits.by_prefix;
  views.insert(views.end(), fits.by_name.begin(), fits.by_name.end());
  views.insert(views.end(), fits.by_pod.begin(), fits.by_pod.end());
  views.insert(views.end(), fits.as_shown.begin(), fits.as_shown.end());
  std::vector<std::string> all = texts_of(views, Text::kName);
  for (const std::string& id : fits.unguarded) {
    all.push_back(id + " (without a guard)");
  }
  std::string what = "it could mean several containers";
  if (fits.unguarded.empty() && fits.as_shown.empty() && fits.by_pod.empty()) {
    what = fits.by_name.empty()     ? "several IDs begin like this"
           : fits.by_prefix.empty() ? "several containers have this name"
                                    : what;
  }
  return Error{Errc::kUsage, "'" + escape(wanted) + "': " + what + ": " + list_of(all),
               "write more of the ID"};
}

// The one container among those that fit; nothing where they are several.
std::optional<FoundContainer> only_one(const Fits& fits) {
  FoundContainer found{fits.by_prefix.empty() ? FoundBy::kName : FoundBy::kPrefix, fits.by_prefix};
  found.guards.insert(found.guards.end(), fits.by_name.begin(), fits.by_name.end());
  const std::string& id = found.guards.front()->container.id;
  const auto is_other = [&](const GuardView* view) { return view->container.id != id; };
  if (std::ranges::any_of(found.guards, is_other) || std::ranges::any_of(fits.as_shown, is_other) ||
      !fits.by_pod.empty() || !fits.unguarded.empty()) {
    return std::nullopt;
  }
  return found;
}

// What of a pod is meant where one container is: its sandbox only where it has nothing else.
std::vector<const GuardView*> without_sandbox(std::vector<const GuardView*> pod) {
  const auto is_sandbox = [](const GuardView* view) { return view->name.is_sandbox(); };
  if (!std::ranges::all_of(pod, is_sandbox)) {
    std::erase_if(pod, is_sandbox);
  }
  return pod;
}

}  // namespace

std::set<std::string> ids_in(std::span<const std::string> cgroups) {
  std::set<std::string> ids;
  for (const std::string& cgroup : cgroups) {
    for (std::string_view component : split(cgroup, '/')) {
      component.remove_suffix(component.ends_with(".scope") ? 6 : 0);
      const std::string_view id = component.substr(component.rfind('-') + 1);
      if (id.size() == kEngineId && is_hex(id)) {
        ids.emplace(id);
      }
    }
  }
  return ids;
}

IdMatch match_id(std::string_view id, std::string_view wanted) noexcept {
  if (id == wanted) {
    return IdMatch::kWhole;
  }
  return id.starts_with(wanted) ? IdMatch::kPrefix : IdMatch::kNone;
}

Result<std::optional<FoundContainer>> find_container(const Containers& containers,
                                                     std::string_view wanted) {
  if (wanted.empty()) {
    return Error{Errc::kUsage, "the ID is empty", "see sysctl-guard list"};
  }
  const Fits fits = fits_of(containers, wanted);
  if (!fits.by_id.empty()) {
    return std::optional(FoundContainer{FoundBy::kWholeId, fits.by_id});
  }
  if (fits.unguarded.contains(std::string(wanted))) {
    return std::optional<FoundContainer>();
  }
  if (fits.by_prefix.empty() && fits.by_name.empty()) {
    if (!fits.by_pod.empty() && (!fits.as_shown.empty() || !fits.unguarded.empty())) {
      return ambiguous(wanted, fits);
    }
    return fits.by_pod.empty() ? std::optional<FoundContainer>()
                               : std::optional(FoundContainer{FoundBy::kPod, fits.by_pod});
  }
  if (fits.by_prefix.empty() && reads_like_id(wanted)) {
    return std::optional(FoundContainer{FoundBy::kNameLikeId, fits.by_name});
  }
  std::optional<FoundContainer> found = only_one(fits);
  return found ? Result<std::optional<FoundContainer>>(std::move(found)) : ambiguous(wanted, fits);
}

Result<const GuardView*> find_guard(const Containers& containers, std::string_view wanted) {
  const Result<std::optional<FoundContainer>> found = find_container(containers, wanted);
  if (!found) {
    return found.error();
  }
  if (!*found) {
    return Error{Errc::kUsage,
                 "'" + escape(wanted, policy::kContainerNameMax) +
                     "': no guarded container has this ID or name",
                 "see sysctl-guard list"};
  }
  const bool is_pod = (*found)->by == FoundBy::kPod;
  const std::vector<const GuardView*> guards =
      is_pod ? without_sandbox((*found)->guards) : (*found)->guards;
  const std::vector<std::string> texts = texts_of(guards, Text::kName);
  if (is_pod && texts.size() > 1) {
    return Error{Errc::kUsage,
                 "'" + escape(wanted) + "': the pod has several containers: " + list_of(texts),
                 "write NAMESPACE/POD/CONTAINER, or an ID"};
  }
  if ((*found)->by == FoundBy::kNameLikeId) {
    return Error{
        Errc::kUsage,
        "'" + escape(wanted) + "': no guarded container has this ID, and as a name, that of " +
            list_of(texts_of(guards, Text::kId)) + ", it is not taken: it reads like an ID",
        "write the ID of the container that is meant"};
  }
  if (guards.size() > 1) {
    return Error{Errc::kUsage,
                 "'" + escape(wanted) + "': there are several guards of this container: " +
                     list_of(texts_of(guards, Text::kCgroup)),
                 "write the cgroup of the one that is meant"};
  }
  return guards.front();
}

std::string list_of(std::span<const std::string> texts) {
  std::string list;
  for (const std::string& text : texts.first(std::min(texts.size(), kCandidatesMax))) {
    list += (list.empty() ? "" : ", ") + text;
  }
  if (texts.size() > kCandidatesMax) {
    list += " and " + std::to_string(texts.size() - kCandidatesMax) + " more";
  }
  return list;
}

}  // namespace sg::guard
