#include "artefact/emit_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace convforge {
namespace {

std::string c_character(char c) {
  switch (c) {
  case '"':
    return "\\\"";
  case '\\':
    return "\\\\";
  case '?': // two of them begin a trigraph in C11
    return "\\?";
  case '\n':
    return "\\n";
  default:
    // Three octal digits always: unlike hexadecimal ones they cannot swallow the character that follows.
    return c < ' ' || c > '~' ? fmt::format("\\{:03o}", static_cast<unsigned char>(c)) : std::string(1, c);
  }
}

} // namespace

std::string macro_prefix(std::string_view name) {
  std::string prefix(name);
  for (char &c : prefix)
    c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return prefix;
}

std::string wrap(std::string_view text, std::size_t width, std::string_view line_break) {
  std::string lines;
  while (text.size() > width) {
    const std::size_t space = text.rfind(' ', width - 1);
    if (space == text.npos)
      break;
    lines.append(text.substr(0, space)).append(line_break);
    text.remove_prefix(space + 1);
  }
  return lines.append(text);
}

std::string c_string(std::string_view text, std::size_t indent) {
  std::string body;
  for (char c : text)
    body += c_character(c);
  return '"' + wrap(body, 110 - indent, " \"\n" + std::string(indent, ' ') + '"') + '"';
}

std::string comment_text(std::string_view text) {
  std::string comment;
  for (char c : text) {
    const bool marker =
        !comment.empty() && ((comment.back() == '*' && c == '/') || (comment.back() == '/' && c == '*'));
    if (marker)
      comment += ' ';
    comment += static_cast<unsigned char>(c) < ' ' || c == '\\' ? ' ' : c;
  }
  return comment;
}

std::string substitute(std::string_view text,
                       std::initializer_list<std::pair<std::string_view, std::string_view>> values) {
  std::string result;
  while (!text.empty()) {
    const auto *match =
        std::ranges::find_if(values, [&](const auto &v) { return text.starts_with(v.first); });
    result.append(match == values.end() ? text.substr(0, 1) : match->second);
    text.remove_prefix(match == values.end() ? 1 : match->first.size());
  }
  return result;
}

} // namespace convforge
