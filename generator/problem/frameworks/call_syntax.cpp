#include "problem/frameworks/call_syntax.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace convforge {
namespace {

// Far beyond what layers have. Values are read by recursion.
constexpr std::size_t longest_call = 4096;
constexpr int deepest_call = 16;

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
bool is_number_start(char c) {
  return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.';
}
bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_name_part(char c) {
  return is_name_start(c) || (c >= '0' && c <= '9') || c == '.';
}

CallValue of_kind(CallValue::Kind kind) {
  CallValue value;
  value.kind = kind;
  return value;
}

class CallReader {
public:
  explicit CallReader(std::string_view text) : text_(text) {}

  Call whole() {
    Call call;
    call.name = last_name(take_name());
    if (!take('('))
      expected("( and arguments after the layer's name");
    call.arguments = arguments(0);
    take(','); // of a list of layers
    if (skip_blanks(), at_ < text_.size())
      expected("nothing after the call");
    return call;
  }

private:
  [[noreturn]] void expected(const std::string &what) {
    skip_blanks();
    fail("layer", at_ < text_.size() ? "at " + repeated_text(text_.substr(at_)) : "at its end", what);
  }

  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_]))
      ++at_;
  }
  /// The next character that is no blank; 0 at the end.
  char peek() {
    skip_blanks();
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(char c) {
    if (peek() != c || at_ == text_.size())
      return false;
    ++at_;
    return true;
  }

  std::string_view take_name() {
    if (!is_name_start(peek()))
      expected("a name such as Conv2D");
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_name_part(text_[at_]))
      ++at_;
    return text_.substr(begin, at_ - begin);
  }

  /// "kernel_size=", if that is what comes.
  std::string take_keyword() {
    const std::size_t begin = at_;
    if (is_name_start(peek())) {
      const std::string_view name = take_name();
      if (take('='))
        return std::string(name);
    }
    at_ = begin;
    return "";
  }

  /// What follows an opening bracket, up to and with `close`. `each` reads one of them; whether a comma came
  /// last.
  template <typename Each>
  bool items(char close, const Each &each) {
    bool comma = false;
    while (!take(close)) {
      each();
      comma = take(',');
      if (!comma && peek() != close)
        expected(fmt::format(", or {}", close));
    }
    return comma;
  }

  std::vector<CallArgument> arguments(int depth) {
    std::vector<CallArgument> all;
    items(')', [&] {
      std::string name = take_keyword();
      if (name.empty() && !all.empty() && !all.back().name.empty())
        expected("NAME=VALUE after an argument that has its name");
      all.push_back({std::move(name), value(depth + 1)});
    });
    return all;
  }

  CallValue value(int depth) {
    if (depth > deepest_call)
      expected(fmt::format("brackets at most {} deep", deepest_call));
    const char first = peek();
    const std::size_t begin = at_;
    CallValue value = value_at(first, depth);
    value.written = repeated_text(text_.substr(begin, at_ - begin));
    return value;
  }

  CallValue value_at(char first, int depth) {
    if (first == '(' || first == '[')
      return list(depth);
    if (first == '\'' || first == '"')
      return string();
    if (is_number_start(first))
      return number();
    if (is_name_start(first))
      return named(depth);
    expected("a number, a string, a name, a tuple or a list");
  }

  CallValue list(int depth) {
    const bool tuple = take('(');
    if (!tuple)
      take('[');
    CallValue list = of_kind(CallValue::Kind::list);
    const bool comma = items(tuple ? ')' : ']', [&] { list.items.push_back(value(depth + 1)); });
    if (tuple && !comma && list.items.size() == 1)
      return CallValue(list.items.front()); // (3) is 3
    return list;
  }

  CallValue string() {
    const char quote = text_[at_++];
    CallValue string = of_kind(CallValue::Kind::string);
    for (; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size())
        ++at_;
      string.text += text_[at_];
    }
    if (at_ == text_.size())
      expected(fmt::format("{} behind a string", quote));
    ++at_;
    return string;
  }

  CallValue number() {
    const std::size_t begin = at_;
    if (text_[at_] == '+' || text_[at_] == '-')
      ++at_;
    const auto in_number = [](char c) { return is_name_part(c); };
    const auto after_exponent = [&] { return (text_[at_ - 1] | 0x20) == 'e'; };
    while (at_ < text_.size() &&
           (in_number(text_[at_]) || ((text_[at_] == '-' || text_[at_] == '+') && after_exponent())))
      ++at_;
    return number_of(text_.substr(begin, at_ - begin));
  }

  static CallValue number_of(std::string_view digits) {
    const std::string_view unsigned_digits = digits.substr(digits.starts_with('+') ? 1 : 0);
    CallValue number = of_kind(CallValue::Kind::integer);
    const char *begin = unsigned_digits.data(), *end = begin + unsigned_digits.size();
    const auto integer = std::from_chars(begin, end, number.integer);
    if (integer.ec == std::errc{} && integer.ptr == end)
      return number;
    number.kind = CallValue::Kind::real;
    double real = 0;
    const auto parsed = std::from_chars(begin, end, real);
    if (parsed.ec == std::errc::invalid_argument || parsed.ptr != end)
      fail("layer", repeated_text(digits), "a number such as 3 or 0.5");
    return number;
  }

  CallValue named(int depth) {
    CallValue named = of_kind(CallValue::Kind::name);
    named.text = take_name();
    if (take('(')) {
      named.kind = CallValue::Kind::call;
      arguments(depth);
    } else if (named.text == "True" || named.text == "False") {
      named.kind = CallValue::Kind::boolean, named.integer = named.text == "True";
    } else if (named.text == "None") {
      named.kind = CallValue::Kind::none;
    }
    return named;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

} // namespace

Call parse_call(std::string_view text) {
  if (text.size() > longest_call)
    fail("layer", fmt::format("{} characters", text.size()), fmt::format("at most {}", longest_call));
  return CallReader(text).whole();
}

std::string_view last_name(std::string_view name) {
  return name.substr(name.find_last_of('.') + 1); // npos + 1 is 0
}

std::string repeated_text(std::string_view text) {
  constexpr std::size_t longest = 60;
  const auto is_plain = [](char c) { return c >= 0x20 && c < 0x7f; };
  const std::string_view part = text.substr(0, longest);
  return fmt::format(
      "{}{}", std::all_of(part.begin(), part.end(), is_plain) ? std::string(part) : fmt::format("{:?}", part),
      part.size() < text.size() ? "..." : "");
}

} // namespace convforge
