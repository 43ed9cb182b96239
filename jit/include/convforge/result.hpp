// Result: a value or the error that took its place, as std::expected (C++23) has it.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

namespace convforge {

struct JitError {
  enum class Code {
    problem, ///< the problem contradicts itself or no algorithm computes it
    compile, ///< the compiler failed, could not be started or took longer than its time limit
    load,    ///< executable memory was refused or LLVM could not link the kernel
  };
  Code code = Code::compile;
  std::string message; ///< one sentence: what, why and what to do
};

template <typename T>
class Result {
public:
  Result(T value) : state_(std::move(value)) {}
  Result(JitError error) : state_(std::move(error)) {}

  explicit operator bool() const { return std::holds_alternative<T>(state_); }
  /// The value. Throws std::runtime_error with the error's message when there is none.
  const T &value() const {
    if (const auto *error = std::get_if<JitError>(&state_))
      throw std::runtime_error(error->message);
    return *std::get_if<T>(&state_);
  }
  const T &operator*() const { return value(); }
  const T *operator->() const { return &value(); }
  /// The error of a result that has no value (std::bad_variant_access otherwise).
  const JitError &error() const { return std::get<JitError>(state_); }

private:
  std::variant<T, JitError> state_;
};

} // namespace convforge
