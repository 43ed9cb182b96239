#include "plan/json_text.hpp"

#include "base/error.hpp"

#include <nlohmann/json.hpp>

#include <vector>

namespace convforge {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t longest_excerpt = 60, longest_complaint = 200;

std::string shortened(const std::string &text, std::size_t longest) {
  return text.size() <= longest ? text : text.substr(0, longest) + "...";
}

/// Counts while the parser, which does not call itself, reads on.
class Limits {
public:
  void look_at(Json::parse_event_t event) {
    switch (event) {
    case Json::parse_event_t::object_start:
    case Json::parse_event_t::array_start:
      fields_.push_back(0);
      if (fields_.size() > most_json_depth)
        fail("JSON", "lists and objects inside each other too deep",
             "a depth of at most " + std::to_string(most_json_depth));
      break;
    case Json::parse_event_t::object_end:
    case Json::parse_event_t::array_end:
      fields_.pop_back();
      break;
    case Json::parse_event_t::key:
      if (++fields_.back() > most_json_fields)
        fail("JSON", "an object of too many fields", "at most " + std::to_string(most_json_fields));
      break;
    case Json::parse_event_t::value:
      break;
    }
  }

private:
  std::vector<std::size_t> fields_; ///< of each list and object that is open
};

} // namespace

Json parse_json(std::string_view text) {
  Limits limits;
  const auto keep = [&](int /*depth*/, Json::parse_event_t event, Json & /*value*/) {
    limits.look_at(event);
    return true;
  };
  try {
    return Json::parse(text, keep);
  } catch (const Json::exception &error) {
    fail("JSON", shortened(error.what(), longest_complaint), "a whole text: is it cut off?");
  }
}

std::string json_excerpt(const Json &value) {
  return shortened(value.dump(-1, ' ', true, Json::error_handler_t::replace), longest_excerpt);
}

} // namespace convforge
