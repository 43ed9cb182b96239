// Calls as text: what is read of them, and what is refused with its place.
#include "problem/frameworks/call_syntax.hpp"

#include "error_of.hpp"

#include <gtest/gtest.h>

namespace convforge {
namespace {

using Kind = CallValue::Kind;

TEST(CallSyntax, ReadsArgumentsByPlaceAndByName) {
  const Call call = parse_call("torch.nn.Conv2d(3, 64, kernel_size=(3, 5), bias=False, )");
  EXPECT_EQ(call.name, "Conv2d");
  ASSERT_EQ(call.arguments.size(), 4u);
  EXPECT_EQ(call.arguments[0].name, "");
  EXPECT_EQ(call.arguments[1].value.integer, 64);
  EXPECT_EQ(call.arguments[2].name, "kernel_size");
  ASSERT_EQ(call.arguments[2].value.items.size(), 2u);
  EXPECT_EQ(call.arguments[2].value.items[1].integer, 5);
  EXPECT_EQ(call.arguments[2].value.written, "(3, 5)");
  EXPECT_EQ(call.arguments[3].value.kind, Kind::boolean);
  EXPECT_TRUE(parse_call("Conv()").arguments.empty());
  EXPECT_EQ(parse_call(" Conv2D ( 3 ) , ").arguments.size(), 1u);
}

TEST(CallSyntax, ReadsEveryKindOfValue) {
  const struct {
    const char *text;
    Kind kind;
  } values[] = {{"None", Kind::none},        {"True", Kind::boolean},
                {"-3", Kind::integer},       {"+3", Kind::integer},
                {"0.5", Kind::real},         {"1e-3", Kind::real},
                {"'same'", Kind::string},    {"\"same\"", Kind::string},
                {"torch.half", Kind::name},  {"[3,3]", Kind::list},
                {"(3,)", Kind::list},        {"()", Kind::list},
                {"(3)", Kind::integer},      {"((3, 3))", Kind::list},
                {"f(1, a=[2])", Kind::call}, {"99999999999999999999", Kind::real}};
  for (const auto &[text, kind] : values)
    EXPECT_EQ(parse_call(std::string("f(x=") + text + ")").arguments.at(0).value.kind, kind) << text;
  EXPECT_EQ(parse_call(R"(f('it\'s "so"'))").arguments.at(0).value.text, "it's \"so\"");
  EXPECT_EQ(parse_call("f(-3)").arguments.at(0).value.integer, -3);
  EXPECT_EQ(parse_call("f((3))").arguments.at(0).value.integer, 3);
  EXPECT_EQ(parse_call("f(torch.half)").arguments.at(0).value.text, "torch.half");
}

TEST(CallSyntax, RefusesWhatIsNoCallWithItsPlace) {
  const std::pair<const char *, const char *> refused[] = {
      {"", "at its end (expected a name"},
      {"Conv2D", "( and arguments"},
      {"Conv2D(", "at its end (expected a number, a string"},
      {"Conv2D(3", ", or )"},
      {"Conv2D(3 4)", "at 4) (expected , or )"},
      {"Conv2D(3)(x)", "at (x) (expected nothing after the call"},
      {"Conv2D(a=1, 2)", "at 2) (expected NAME=VALUE"},
      {"Conv2D('same)", "behind a string"},
      {"Conv2D({'a': 1})", "at {'a': 1})"},
      {"Conv2D(3x)", "3x (expected a number"},
      {"Conv2D(-)", "- (expected a number"},
      {"Conv2D(,)", "at ,)"},
      {"3(4)", "at 3(4)"},
      {"Conv2D(\x01)", "at \"\\x01)\""}};
  for (const auto &[text, part] : refused) {
    const std::string error = error_of([&] { parse_call(text); });
    EXPECT_TRUE(contains(error, part)) << text << "\n" << error;
  }
}

TEST(CallSyntax, KeepsWithinItsBounds) {
  const std::string deep = "f(" + std::string(1000, '[') + std::string(1000, ']') + ")";
  EXPECT_TRUE(contains(error_of([&] { parse_call(deep); }), "deep"));
  EXPECT_TRUE(contains(error_of([] { parse_call(std::string(5000, 'a')); }), "5000 characters"));
  std::string calls = "f(";
  for (int i = 0; i < 100; ++i)
    calls += "f(";
  EXPECT_TRUE(contains(error_of([&] { parse_call(calls); }), "deep"));
}

} // namespace
} // namespace convforge
