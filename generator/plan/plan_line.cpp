#include "plan/plan_line.hpp"

#include "plan/plan_fields.hpp"

#include <initializer_list>

namespace convforge {

namespace {

class LineWriter {
public:
  std::string line;

  void number(const char *name, const int &value, int /*low*/, int /*high*/) {
    text(name, std::to_string(value));
  }
  void later_number(const char *name, const int &value, int low, int high) { number(name, value, low, high); }
  void flag(const char *name, const bool &value) { text(name, value ? "1" : "0"); }
  void later_flag(const char *name, const bool &value) { flag(name, value); }
  void text(const char *name, const std::string &value) {
    if (!line.empty() && line.back() != '[')
      line += ' ';
    line.append(name).append("=").append(value);
  }
  template <typename Enum>
  void choice(const char *name, const Enum &value, std::initializer_list<Enum> /*all*/) {
    text(name, name_of(value));
  }
  template <typename Enum>
  void later_choice(const char *name, const Enum &value, std::initializer_list<Enum> all) {
    if (value != *all.begin()) // plans of floats are sealed as they were before
      choice(name, value, all);
  }
  template <typename Item>
  void list(const char *name, const std::vector<Item> &items) {
    text(name, "");
    for (const Item &item : items) {
      line += '[';
      plan_fields::visit(*this, item);
      line += ']';
    }
  }
  template <typename Item>
  void later_list(const char *name, const std::vector<Item> &items, std::size_t /*most*/) {
    if (!items.empty())
      list(name, items);
  }
};

} // namespace

std::string plan_line(const Plan &plan) {
  LineWriter writer;
  plan_fields::visit(writer, plan); // `why`, the one field that holds any text, is the last
  return writer.line;
}

} // namespace convforge
