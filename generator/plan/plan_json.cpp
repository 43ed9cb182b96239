#include "plan/plan_json.hpp"

#include "base/error.hpp"
#include "plan/json_text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <initializer_list>
#include <set>

namespace convforge {

namespace {

using Json = nlohmann::ordered_json;

constexpr int most = 1 << 30;      // of anything counted in elements
constexpr int most_registers = 64; // pixels or channels of a tile, far beyond what any target holds
constexpr std::size_t most_regions = 16;
constexpr std::size_t longest_name = 60; // of a field that is none, in an error

/// Writes each field it visits.
class Writer {
public:
  Json json = Json::object();

  void number(const char *name, const int &value, int, int) { json[name] = value; }
  void flag(const char *name, const bool &value) { json[name] = value; }
  void text(const char *name, const std::string &value) { json[name] = value; }
  template <typename Enum>
  void choice(const char *name, const Enum &value, std::initializer_list<Enum>) {
    json[name] = name_of(value);
  }
  template <typename Item>
  void list(const char *name, const std::vector<Item> &items) {
    json[name] = Json::array();
    for (const Item &item : items) {
      Writer writer;
      visit(writer, item);
      json[name].push_back(writer.json);
    }
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
    if (!field.is_number_integer() || (field.is_number_unsigned() && field.get<std::uint64_t>() > most) ||
        field.get<std::int64_t>() < low || field.get<std::int64_t>() > high) {
      fail(path_ + name, json_excerpt(field), expected);
    }
    value = field.get<int>();
  }
  void flag(const char *name, bool &value) {
    const Json &field = at(name);
    if (!field.is_boolean())
      fail(path_ + name, json_excerpt(field), "true or false");
    value = field.get<bool>();
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
  template <typename Item>
  void list(const char *name, std::vector<Item> &items) {
    const Json &field = at(name);
    if (!field.is_array() || field.empty() || field.size() > most_regions)
      fail(path_ + name, json_excerpt(field), fmt::format("a list of 1 to {}", most_regions));
    items.assign(field.size(), {});
    for (std::size_t i = 0; i < items.size(); i++) {
      Reader reader(field[i], fmt::format("{}{}[{}].", path_, name, i));
      visit(reader, items[i]);
      reader.finish();
    }
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

// Structured bindings name every field: one that is added later does not compile until it is here, too.

template <typename Value, typename Wanted>
concept MaybeConst = std::is_same_v<std::remove_const_t<Value>, Wanted>;

template <typename Visitor, MaybeConst<Region> Value>
void visit(Visitor &visitor, Value &region) {
  auto &[first_channel, channels, block, lanes, tile_w, tile_h, unroll_tiles] = region;
  visitor.number("first_channel", first_channel, 0, most);
  visitor.number("channels", channels, 1, most);
  visitor.number("block", block, 1, 16 * most_registers);
  visitor.number("lanes", lanes, 1, 16);
  visitor.number("tile_w", tile_w, 1, 16 * most_registers);
  visitor.number("tile_h", tile_h, 1, most_registers);
  visitor.flag("unroll_tiles", unroll_tiles);
}

template <typename Visitor, MaybeConst<Window> Value>
void visit(Visitor &visitor, Value &window) {
  auto &[padded_copy, skip_rows, skip_columns, taps_innermost, unroll_s, unroll_r] = window;
  visitor.flag("padded_copy", padded_copy);
  visitor.flag("skip_rows", skip_rows);
  visitor.flag("skip_columns", skip_columns);
  visitor.flag("taps_innermost", taps_innermost);
  visitor.flag("unroll_s", unroll_s);
  visitor.flag("unroll_r", unroll_r);
}

template <typename Visitor, MaybeConst<DirectPart> Value>
void visit(Visitor &visitor, Value &part) {
  auto &[window, two_weight_pointers] = part;
  visit(visitor, window);
  visitor.flag("two_weight_pointers", two_weight_pointers);
}

template <typename Visitor, MaybeConst<DepthwisePart> Value>
void visit(Visitor &visitor, Value &part) {
  auto &[window, blocks_per_chunk] = part;
  visit(visitor, window);
  visitor.number("blocks_per_chunk", blocks_per_chunk, 0, most);
}

template <typename Visitor, MaybeConst<WinogradPart> Value>
void visit(Visitor &visitor, Value &part) {
  auto &[outputs_h, outputs_w, rows_per_task, input_lanes, output_passes, prefetch] = part;
  visitor.number("winograd_outputs_h", outputs_h, 0, most_registers);
  visitor.number("winograd_outputs_w", outputs_w, 0, most_registers);
  visitor.number("winograd_rows_per_task", rows_per_task, 0, most);
  visitor.number("winograd_input_lanes", input_lanes, 0, most_registers);
  visitor.number("winograd_output_passes", output_passes, 1, most_registers);
  visitor.flag("winograd_prefetch", prefetch);
}

/// The fields of the algorithm's own part stand among the shared ones; those of other parts are refused.
template <typename Visitor, MaybeConst<Plan> Value>
void visit(Visitor &visitor, Value &plan) {
  auto &[algorithm, vector_axis, regions, rows_per_task, columns_per_task, unroll_c, broadcast_lanes,
         lanes_innermost, parallel, part, why] = plan;
  visitor.choice("algorithm", algorithm,
                 {Algorithm::direct, Algorithm::pointwise, Algorithm::depthwise, Algorithm::winograd});
  visitor.choice("vector_axis", vector_axis,
                 {VectorAxis::channel, VectorAxis::width, VectorAxis::input_channel});
  visitor.list("regions", regions);
  visitor.number("rows_per_task", rows_per_task, 1, most);
  visitor.number("columns_per_task", columns_per_task, 1, most);
  visitor.number("unroll_c", unroll_c, 1, most_registers);
  visitor.number("broadcast_lanes", broadcast_lanes, 1, 4);
  visitor.flag("lanes_innermost", lanes_innermost);
  visitor.choice("parallel", parallel, {ParallelAxis::none, ParallelAxis::pixels, ParallelAxis::channels});
  if constexpr (!std::is_const_v<Value>)
    part = part_of(algorithm);
  std::visit([&](auto &own) { visit(visitor, own); }, part);
  visitor.text("why", why);
}

} // namespace

Json plan_json(const Plan &plan) {
  Writer writer;
  visit(writer, plan);
  return writer.json;
}

std::string plan_text(const Plan &plan) {
  return plan_json(plan).dump(-1, ' ', true, Json::error_handler_t::replace);
}

Plan parse_plan(const Json &json) {
  Plan plan;
  Reader reader(json, "");
  visit(reader, plan);
  reader.finish();
  return plan;
}

} // namespace convforge
