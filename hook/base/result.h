// SPDX-License-Identifier: Apache-2.0
// result.h - how every function of this project reports that it cannot go on.
//
// A function that can fail returns Result<T>, or Status where there is no value; nothing throws
// across a function we declare. The caller tests it, and passes an error on with the noun it knows:
//
//   auto state = oci::parse_state(text);
//   if (!state) return std::move(state).error().context("container state");
//
// Mistakes in what the user wrote are findings (diagnostic.h), not errors: they are gathered, so
// that one run reports all of them.
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "base/check.h"

namespace sg {

// What a caller does about an error: each code is one exit code of the hook (programs/exit_code.h).
enum class Errc {
  kUsage,        // the command line
  kBadInput,     // the state, config.json or an annotation
  kUnsupported,  // this kernel or host cannot do it
  kSystem,       // a system call failed
  kNodePolicy,   // the node policy itself
  kBeyondLimit,  // the container asks for more than the node's limit
};

struct Error {
  Errc code;
  std::string message;  // "<what>: <why>", innermost cause last
  std::string hint;     // what to do about it, one clause; may be empty

  // The same error with the noun of the caller in front: "<noun>: <message>".
  [[nodiscard]] Error context(const std::string& noun) && {
    return Error{code, noun + ": " + std::move(message), std::move(hint)};
  }
};

struct Ok {};

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] explicit operator bool() const noexcept { return state_.index() == 0; }

  [[nodiscard]] T& operator*() & {
    SG_CHECK(state_.index() == 0);
    return *std::get_if<0>(&state_);
  }
  [[nodiscard]] const T& operator*() const& {
    SG_CHECK(state_.index() == 0);
    return *std::get_if<0>(&state_);
  }
  [[nodiscard]] T&& operator*() && {
    SG_CHECK(state_.index() == 0);
    return std::move(*std::get_if<0>(&state_));
  }
  [[nodiscard]] T* operator->() { return &**this; }
  [[nodiscard]] const T* operator->() const { return &**this; }

  [[nodiscard]] const Error& error() const& {
    SG_CHECK(state_.index() == 1);
    return *std::get_if<1>(&state_);
  }
  [[nodiscard]] Error&& error() && {
    SG_CHECK(state_.index() == 1);
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  std::variant<T, Error> state_;
};

using Status = Result<Ok>;

// An error of a system call: "<what>: <text of errno>". `saved_errno` is read on the line after the
// call, by the caller.
[[nodiscard]] Error system_error(const std::string& what, int saved_errno, std::string hint);

}  // namespace sg
