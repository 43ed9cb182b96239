#include "plan/json_text.hpp"

#include "error_of.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace convforge {
namespace {

std::string repeated(const std::string &text, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i)
    all += text;
  return all;
}

std::string nested(const std::string &open, const std::string &close, std::size_t depth) {
  return repeated(open, depth) + "1" + repeated(close, depth);
}

std::string error_of_json(const std::string &text) {
  return error_of([&] { parse_json(text); });
}

TEST(JsonText, IsReadAsItIs) {
  const char *text = R"({"b":[1,-2.5,"x",null,true],"a":{"c":{}}})";
  EXPECT_EQ(parse_json(text).dump(), text);
}

TEST(JsonText, DepthIsBounded) {
  for (const auto &[open, close] :
       {std::pair("[", "]"), std::pair("{\"a\":", "}"), std::pair("[{\"a\":", "}]")}) {
    const std::size_t each = std::string(open).find('{') == 1 ? 2 : 1;
    EXPECT_EQ(error_of_json(nested(open, close, most_json_depth / each)), "no error");
    for (const std::size_t depth : {most_json_depth / each + 1, std::size_t{1000000}}) {
      const std::string error = error_of_json(nested(open, close, depth));
      EXPECT_TRUE(contains(error, "too deep (expected a depth of at most 32)")) << error;
    }
  }
  EXPECT_TRUE(contains(error_of_json(repeated("[", 1000000)), "too deep")) << "cut off";
}

TEST(JsonText, ListsOfObjectsAreReadInOnePass) {
  EXPECT_EQ(parse_json("[" + repeated("{},", 299999) + "{}]").size(), 300000u);
}

// A look-up in an object passes over its fields: a million of them would take hours to read.
TEST(JsonText, FieldsOfAnObjectAreBounded) {
  const auto object = [](std::size_t fields) {
    std::string text = "{";
    for (std::size_t i = 0; i < fields; ++i)
      text += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":0";
    return text + "}";
  };
  EXPECT_EQ(error_of_json(object(most_json_fields)), "no error");
  EXPECT_EQ(error_of_json("[" + object(most_json_fields) + "," + object(most_json_fields) + "]"), "no error");
  EXPECT_TRUE(
      contains(error_of_json(object(most_json_fields + 1)), "too many fields (expected at most 256)"));
  EXPECT_TRUE(contains(error_of_json(object(1000000)), "too many fields"));
  EXPECT_EQ(parse_json("[" + repeated("0,", 99999) + "0]").size(), 100000u) << "lists are not";
}

TEST(JsonText, ErrorsRepeatLittleOfLongGarbage) {
  for (const std::string &text :
       {std::string(100000, '"'), "\"" + std::string(100000, 'x'), std::string(100000, '1')})
    EXPECT_LT(error_of_json(text).size(), 300u);
  for (const char *text : {"", "{", "[1,]", "{\"a\"}", "nul", "1 2", "\"\xff\"", "1e999"})
    EXPECT_NE(error_of_json(text), "no error") << text;
  EXPECT_EQ(json_excerpt(parse_json("[1, 2]")), "[1,2]");
  EXPECT_LT(json_excerpt(parse_json("\"" + std::string(100000, 'x') + "\"")).size(), 100u);
}

} // namespace
} // namespace convforge
