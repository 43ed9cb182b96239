#include "cli/report/table.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <stdexcept>

namespace convforge::cli {
namespace {

void trim(std::string &line) {
  line.erase(line.find_last_not_of(' ') + 1);
}

} // namespace

void Table::add(std::vector<std::string> cells) {
  if (cells.size() != columns_.size())
    throw std::logic_error("a table row with another number of cells than columns");
  rows_.push_back(std::move(cells));
}

std::string Table::text() const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    widths.push_back(columns_[i].title.size());
    for (const auto &row : rows_)
      widths[i] = std::max(widths[i], row[i].size());
  }
  const auto line = [&](auto cell) {
    std::string out;
    for (std::size_t i = 0; i < columns_.size(); ++i)
      out += columns_[i].align == Align::left ? fmt::format("{:<{}}  ", cell(i), widths[i])
                                              : fmt::format("{:>{}}  ", cell(i), widths[i]);
    trim(out);
    return out + '\n';
  };
  std::string out = line([&](std::size_t i) { return columns_[i].title; });
  out += line([&](std::size_t i) { return std::string(widths[i], '-'); });
  for (const auto &row : rows_)
    out += line([&](std::size_t i) { return row[i]; });
  return out;
}

std::string grouped(long long number) {
  std::string digits = std::to_string(number);
  const std::size_t first = number < 0 ? 1 : 0;
  for (std::size_t at = digits.size(); at > first + 3;)
    digits.insert(at -= 3, 1, ',');
  return digits;
}

} // namespace convforge::cli
