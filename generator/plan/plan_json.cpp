#include "plan/plan_json.hpp"

#include "base/error.hpp"
#include "plan/json_text.hpp"
#include "plan/plan_fields.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <initializer_list>
#include <set>

namespace convforge {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t most_regions = 16;
constexpr std::size_t longest_name = 60; // of a field that is none, in an error

/// Writes each field it visits.
class Writer {
public:
  Json json = Json::object();

  void number(const char *name, const int &value, int, int) { json[name] = value; }
  void later_number(const char *name, const int &value, int low, int) {
    if (value != low)
      json[name] = value;
  }
  void flag(const char *name, const bool &value) { json[name] = value; }
  void later_flag(const char *name, const bool &value) {
    if (value)
      json[name] = value;
  }
  void text(const char *name, const std::string &value) { json[name] = value; }
  template <typename Enum>
  void choice(const char *name, const Enum &value, std::initializer_list<Enum>) {
    json[name] = name_of(value);
  }
  template <typename Enum>
  void later_choice(const char *name, const Enum &value, std::initializer_list<Enum> all) {
    if (value != *all.begin())
      choice(name, value, all);
  }
  template <typename Item>
  void list(const char *name, const std::vector<Item> &items) {
    json[name] = Json::array();
    for (const Item &item : items) {
      Writer writer;
      plan_fields::visit(writer, item);
      json[name].push_back(writer.json);
    }
  }
  template <typename Item>
  void later_list(const char *name, const std::vector<Item> &items, std::size_t /*most*/) {
    if (!items.empty())
      list(name, items);
  }
};

/// Reads each field it visits, and refuses what it did not visit.
class Reader {
public:
  Reader(const Json &json, std::string path) : json_(json), path_(std::move(path)) {
    if (!json_.is_object())
      fail(path_.empty() ? "plan" : path_, json_excerpt(json_), "an object");
  }

  void number(const char *name, int &value, int low, int high) {
    const Json &field = at(name);
    const std::string expected = fmt::format("a whole number from {} to {}", low, high);
    if (!field.is_number_integer() ||
        (field.is_number_unsigned() && field.get<std::uint64_t>() > plan_fields::most) ||
        field.get<std::int64_t>() < low || field.get<std::int64_t>() > high) {
      fail(path_ + name, json_excerpt(field), expected);
    }
    value = field.get<int>();
  }
  void later_number(const char *name, int &value, int low, int high) {
    value = low;
    if (json_.contains(name))
      number(name, value, low, high);
  }
  void flag(const char *name, bool &value) {
    const Json &field = at(name);
    if (!field.is_boolean())
      fail(path_ + name, json_excerpt(field), "true or false");
    value = field.get<bool>();
  }
  void later_flag(const char *name, bool &value) {
    value = false;
    if (json_.contains(name))
      flag(name, value);
  }
  void text(const char *name, std::string &value) {
    const Json &field = at(name);
    if (!field.is_string())
      fail(path_ + name, json_excerpt(field), "a string");
    value = field.get<std::string>();
  }
  template <typename Enum>
  void choice(const char *name, Enum &value, std::initializer_list<Enum> all) {
    std::string found, names;
    text(name, found);
    for (const Enum candidate : all) {
      if (name_of(candidate) == found) {
        value = candidate;
        return;
      }
      names += (names.empty() ? "" : ", ") + name_of(candidate);
    }
    fail(path_ + name, json_excerpt(at(name)), "one of " + names);
  }
  template <typename Enum>
  void later_choice(const char *name, Enum &value, std::initializer_list<Enum> all) {
    value = *all.begin();
    if (json_.contains(name))
      choice(name, value, all);
  }
  template <typename Item>
  void list(const char *name, std::vector<Item> &items, std::size_t most = most_regions) {
    const Json &field = at(name);
    if (!field.is_array() || field.empty() || field.size() > most)
      fail(path_ + name, json_excerpt(field), fmt::format("a list of 1 to {}", most));
    items.assign(field.size(), {});
    for (std::size_t i = 0; i < items.size(); i++) {
      Reader reader(field[i], fmt::format("{}{}[{}].", path_, name, i));
      plan_fields::visit(reader, items[i]);
      reader.finish();
    }
  }
  template <typename Item>
  void later_list(const char *name, std::vector<Item> &items, std::size_t most) {
    items.clear();
    if (json_.contains(name))
      list(name, items, most);
  }
  void finish() const {
    for (const auto &item : json_.items()) {
      if (!seen_.contains(item.key())) {
        fail(path_ + item.key().substr(0, longest_name), json_excerpt(item.value()),
             "no such field in a plan");
      }
    }
  }

private:
  const Json &json_;
  std::string path_;
  std::set<std::string> seen_;

  const Json &at(const char *name) {
    seen_.insert(name);
    if (!json_.contains(name))
      fail(path_ + name, "missing", "a value: plans are stored with every field");
    return json_.at(name);
  }
};

} // namespace

Json plan_json(const Plan &plan) {
  Writer writer;
  plan_fields::visit(writer, plan);
  return writer.json;
}

std::string plan_text(const Plan &plan) {
  return plan_json(plan).dump(-1, ' ', true, Json::error_handler_t::replace);
}

Plan parse_plan(const Json &json) {
  Plan plan;
  Reader reader(json, "");
  plan_fields::visit(reader, plan);
  reader.finish();
  return plan;
}

} // namespace convforge
