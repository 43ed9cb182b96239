// The arguments of a call by the names that its layer's constructor has for them.
#pragma once

#include "problem/frameworks.hpp"
#include "problem/frameworks/call_syntax.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace convforge {

/// What a constructor takes.
struct CallSignature {
  std::span<const std::string_view> positional; ///< by place or name
  std::span<const std::string_view> by_name;    ///< by name alone
  std::span<const std::string_view> ignored;    ///< by name, and no matter what: no arithmetic depends on it
};

/// Each reader throws Error naming argument and value where it is of another kind. None is an argument that
/// was not given.
class CallArguments {
public:
  /// Throws Error for an argument that the signature lacks, or that comes twice.
  CallArguments(const Call &call, const CallSignature &signature);

  bool given(std::string_view name) const { return value_of(name) != nullptr; }
  /// Throws Error unless it was given.
  void require(std::string_view name) const;
  int number(std::string_view name, int otherwise) const;
  bool flag(std::string_view name, bool otherwise) const;
  /// A number, or a tuple or list of them.
  PerAxis per_axis(std::string_view name, int otherwise) const;
  /// A tuple or list of numbers; empty if not given.
  std::vector<int> numbers(std::string_view name) const;
  /// A string, or the last part of a name: 'relu', keras.activations.relu.
  std::string word(std::string_view name, std::string_view otherwise) const;
  bool is_word(std::string_view name) const;

private:
  const CallValue *value_of(std::string_view name) const;
  std::string layer_;
  std::map<std::string, CallValue, std::less<>> values_;
};

} // namespace convforge
