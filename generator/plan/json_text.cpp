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

/// Reads a text without keeping it, and counts. The parser does not call itself. (Json::parse with a callback
/// would count in one pass, but at the end of each object looks through all of the list that it is in.)
class Limits : public nlohmann::json_sax<Json> {
public:
  bool null() override { return true; }
  bool boolean(bool /*value*/) override { return true; }
  bool number_integer(number_integer_t /*value*/) override { return true; }
  bool number_unsigned(number_unsigned_t /*value*/) override { return true; }
  bool number_float(number_float_t /*value*/, const string_t & /*text*/) override { return true; }
  bool string(string_t & /*value*/) override { return true; }
  bool binary(binary_t & /*value*/) override { return true; }
  bool start_object(std::size_t /*elements*/) override { return start(); }
  bool end_object() override { return end(); }
  bool start_array(std::size_t /*elements*/) override { return start(); }
  bool end_array() override { return end(); }
  bool key(string_t & /*value*/) override {
    if (++fields_.back() > most_json_fields)
      fail("JSON", "an object of too many fields", "at most " + std::to_string(most_json_fields));
    return true;
  }
  bool parse_error(std::size_t /*position*/, const std::string & /*token*/,
                   const Json::exception & /*error*/) override {
    return false;
  }

private:
  std::vector<std::size_t> fields_; ///< of each list and object that is open

  bool start() {
    fields_.push_back(0);
    if (fields_.size() > most_json_depth)
      fail("JSON", "lists and objects inside each other too deep",
           "a depth of at most " + std::to_string(most_json_depth));
    return true;
  }
  bool end() {
    fields_.pop_back();
    return true;
  }
};

} // namespace

Json parse_json(std::string_view text) {
  Limits limits;
  Json::sax_parse(text, &limits); // what is no JSON, the next line says
  try {
    return Json::parse(text);
  } catch (const Json::exception &error) {
    fail("JSON", shortened(error.what(), longest_complaint), "a whole text: is it cut off?");
  }
}

std::string json_excerpt(const Json &value) {
  return shortened(value.dump(-1, ' ', true, Json::error_handler_t::replace), longest_excerpt);
}

} // namespace convforge
