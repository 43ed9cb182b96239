// Text in parts.
#pragma once

#include <string_view>
#include <vector>

namespace convforge {

/// The parts between separators: one more than there are separators, empty ones too.
inline std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t end; (end = text.find(separator)) != text.npos; text.remove_prefix(end + 1))
    parts.push_back(text.substr(0, end));
  parts.push_back(text);
  return parts;
}

} // namespace convforge
