#include "verify/problem_list.hpp"

#include "base/error.hpp"
#include "base/split.hpp"
#include "base/text_file.hpp"
#include "problem/descriptor_note.hpp"
#include "problem/problem_flags.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace convforge {
namespace {

constexpr std::string_view blanks = " \t\r";

std::string_view &text_of_flag(ProblemText &texts, std::string_view flag) {
  std::string known;
  for (const ProblemFlag &one : all_problem_flags()) {
    if (one.flag == flag)
      return texts.*one.text;
    known.append(known.empty() ? "" : ", ").append(one.flag);
  }
  fail("list", std::string(flag), "one of " + known + " after the descriptor");
}

/// Takes the first word off a line; "" where there is none.
std::string_view take_word(std::string_view &line) {
  line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
  const std::string_view word = line.substr(0, line.find_first_of(blanks));
  line.remove_prefix(word.size());
  return word;
}

/// Where the quote in front of the name is; npos where there is none. No field has an `n` in it: the first
/// one begins the name, as in Problem::parse().
std::size_t opening_quote(std::string_view line) {
  std::string_view rest = line;
  const std::string_view descriptor = take_word(rest);
  const std::size_t n = descriptor.find('n'), begin = line.size() - rest.size() - descriptor.size();
  return n != descriptor.npos && descriptor.substr(n + 1).starts_with('"') ? begin + n + 1 : line.npos;
}

/// The front of a line, up to the blank where its flags begin: a name in quotes may have blanks, and quotes,
/// in it.
std::string_view descriptor_of(std::string_view line) {
  const std::size_t quote = opening_quote(line);
  if (quote == line.npos) {
    std::string_view rest = line;
    take_word(rest);
    return line.substr(0, line.size() - rest.size());
  }
  const std::size_t last = line.rfind('"'); // flags have none
  if (last == quote)
    fail("name", std::string(line.substr(last)), "a quote after it");
  return line.substr(0, last + 1);
}

/// The line without the comment at its end: from a `#` after a blank, or in front, that is not in a name.
std::string_view without_comment(std::string_view line) {
  const std::size_t quote = opening_quote(line);
  const std::size_t end_of_name = quote == line.npos ? 0 : line.find('"', quote + 1); // npos: it goes on
  for (std::size_t at = line.find('#'); at != line.npos; at = line.find('#', at + 1))
    if (at == 0 || (blanks.find(line[at - 1]) != blanks.npos && (at < quote || at > end_of_name)))
      return line.substr(0, at);
  return line;
}

/// What some editors put in front of UTF-8.
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

} // namespace

Problem parse_problem_line(std::string_view line) {
  const std::string_view descriptor = descriptor_of(line);
  line.remove_prefix(descriptor.size());
  ProblemText texts;
  for (std::string_view flag = take_word(line); !flag.empty(); flag = take_word(line)) {
    std::string_view &text = text_of_flag(texts, flag);
    text = take_word(line);
    if (text.empty())
      fail("list", std::string(flag), "a value after it");
  }
  return Problem::parse(descriptor, texts);
}

std::string problem_line(const Problem &problem) {
  std::string line = problem.descriptor();
  for (const auto &[flag, value] : problem_flags(problem))
    line += fmt::format(" {} {}", flag, value);
  return line;
}

std::vector<Problem> read_problem_list(const std::filesystem::path &path, std::vector<std::string> *notes) {
  const std::string text = read_text_file("list", path);
  std::string_view rest = text;
  if (rest.starts_with(byte_order_mark))
    rest.remove_prefix(byte_order_mark.size());
  std::vector<Problem> problems;
  int number = 0;
  for (const std::string_view whole : split(rest, '\n')) {
    ++number;
    const std::string_view line = without_comment(whole);
    if (line.find_first_not_of(blanks) == line.npos)
      continue;
    try {
      problems.push_back(parse_problem_line(line));
      if (const std::string note = descriptor_note(descriptor_of(line)); notes && !note.empty())
        notes->push_back(fmt::format("{}:{}: {}", path.string(), number, note));
    } catch (const Error &error) {
      throw Error(fmt::format("{}:{}: {}", path.string(), number, error.what()));
    }
  }
  if (problems.empty())
    fail("list", path.string(), "a text file with one descriptor a line");
  return problems;
}

} // namespace convforge
