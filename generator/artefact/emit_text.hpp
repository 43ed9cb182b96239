// Text of generated C: names, string literals, comments and templates.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace convforge {

/// "conv1" -> "CONV1", for the macros of a header.
std::string macro_prefix(std::string_view name);
/// A C string literal with the same bytes; a long one goes on over lines that start at column `indent`.
std::string c_string(std::string_view text, std::size_t indent = 0);
/// The same text, fit to stand in a block comment: it cannot end it, nest one or leave its line.
std::string comment_text(std::string_view text);
/// `text` in lines of at most `width` characters where its words allow it; `line_break` replaces the space
/// between.
std::string wrap(std::string_view text, std::size_t width, std::string_view line_break);
/// `text` with every placeholder ("$name") replaced by its value; values are not searched again.
std::string substitute(std::string_view text,
                       std::initializer_list<std::pair<std::string_view, std::string_view>> values);

} // namespace convforge
