// A table of text with aligned columns.
#pragma once

#include <string>
#include <vector>

namespace convforge::cli {

class Table {
public:
  enum class Align { left, right };
  struct Column {
    std::string title;
    Align align = Align::left;
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  /// One cell a column.
  void add(std::vector<std::string> cells);
  /// Titles, a rule and the rows; every line ends with a newline and has no trailing spaces.
  std::string text() const;

private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

/// 1234567 -> "1,234,567"
std::string grouped(long long number);

} // namespace convforge::cli
