#include "models/keras/config_json.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

namespace convforge::models::keras {

Json parse_json(std::string_view text, const std::string &what) {
  if (text.size() > most_json_bytes)
    fail(what, fmt::format("{} bytes", text.size()), fmt::format("at most {}", most_json_bytes));
  const auto check_depth = [&](int depth, Json::parse_event_t, Json &) {
    if (depth > most_json_depth)
      fail(what, fmt::format("values {} deep", depth), fmt::format("at most {}", most_json_depth));
    return true;
  };
  try {
    return Json::parse(text, check_depth);
  } catch (const Json::exception &error) {
    fail(what, std::string(error.what()).substr(0, 200), "JSON");
  }
}

std::string short_text(const Json &value) {
  constexpr std::size_t most_characters = 80, most_members = 64;
  if (value.is_structured() && value.size() > most_members)
    return fmt::format("{} of {} members", value.is_array() ? "a list" : "an object", value.size());
  if (value.is_string() && value.get_ref<const std::string &>().size() > most_characters)
    return fmt::format("a text of {} bytes", value.get_ref<const std::string &>().size());
  std::string text = value.dump(-1, ' ', true); // ASCII alone: it may be cut anywhere
  if (text.size() > most_characters)
    text = text.substr(0, most_characters) + "...";
  return text;
}

const Json *member_of(const Json &object, std::string_view name) {
  if (!object.is_object())
    return nullptr;
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

} // namespace convforge::models::keras
