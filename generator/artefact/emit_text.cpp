#include "artefact/emit_text.hpp"

#include "error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace convforge {
namespace {

// Keywords of C11, C23 and C++23, alternative tokens included, and the few other names the generated files
// depend on.
constexpr std::string_view taken =
    " alignas alignof and and_eq asm auto bitand bitor bool break case catch char char16_t char32_t"
    " char8_t class co_await co_return co_yield compl concept const const_cast consteval constexpr"
    " constinit continue decltype default delete do double dynamic_cast else enum explicit export extern"
    " false float for friend goto if inline int long mutable namespace new noexcept not not_eq nullptr"
    " operator or or_eq private protected public register reinterpret_cast requires restrict return short"
    " signed sizeof static static_assert static_cast struct switch template this thread_local throw true"
    " try typedef typeid typename typeof typeof_unqual union unsigned using virtual void volatile wchar_t"
    " while xor xor_eq main NULL size_t ptrdiff_t atomic_int errno ";

// Generated text must not depend on the process's locale, as isalnum() would.
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

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

void check_kernel_name(std::string_view name) {
  const auto bad = [&](const char *expected) { fail("name", "'" + std::string(name) + "'", expected); };
  if (name.empty() || !std::ranges::all_of(name, [](char c) { return is_letter(c) || is_digit(c); }))
    bad("a C identifier: letters, digits and underscores, such as conv1");
  if (!is_letter(name.front()) || name.front() == '_' || name.find("__") != name.npos)
    bad("a C identifier that starts with a letter and has no two underscores in a row, such as conv1");
  if (taken.find(' ' + std::string(name) + ' ') != taken.npos)
    bad("a name that C and C++ leave free, such as conv1");
  if (name == "convforge" || name.starts_with("convforge_"))
    bad("a name that does not start with convforge_, the runtime's prefix");
}

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
