// Calls as Python writes them: Conv2D(64, kernel_size=(3, 3), padding='same', activation=None). Read, never
// run: values are numbers, strings, True, False, None, names, tuples and lists of these, and calls, of which
// only the name is kept.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace convforge {

struct CallValue {
  enum class Kind { none, boolean, integer, real, string, name, list, call };
  Kind kind = Kind::none;
  std::int64_t integer = 0;     ///< of a boolean: 0 or 1
  std::string text;             ///< what a string holds; a name with its dots: "torch.float16"
  std::vector<CallValue> items; ///< of a list or a tuple
  std::string written;          ///< as it stands in the call, short enough for an error
};

struct CallArgument {
  std::string name; ///< empty: it goes by its position
  CallValue value;
};

struct Call {
  std::string name; ///< the last part of it: "Conv2d" of torch.nn.Conv2d
  std::vector<CallArgument> arguments;
};

/// Throws Error saying where the text is no call.
Call parse_call(std::string_view text);
/// The part after the last dot.
std::string_view last_name(std::string_view name);
/// As much of a user's text as an error should repeat, unprintable characters escaped.
std::string repeated_text(std::string_view text);

} // namespace convforge
