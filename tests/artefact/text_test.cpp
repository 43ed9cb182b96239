#include "artefact/emit_text.hpp"

#include <gtest/gtest.h>

namespace convforge {
namespace {

TEST(Text, MacroPrefix) {
  EXPECT_EQ(macro_prefix("conv_1aZ"), "CONV_1AZ");
}

TEST(Text, StringLiteralsEscape) {
  EXPECT_EQ(c_string("plain"), "\"plain\"");
  EXPECT_EQ(c_string("a\"b\\c\n"), R"("a\"b\\c\n")");
  EXPECT_EQ(c_string("?\?/"), R"("\?\?/")");
  EXPECT_EQ(c_string("\x01"
                     "1\xc3\xa9"),
            R"("\0011\303\251")");
}

TEST(Text, LongStringLiteralsGoOnInTheNextLine) {
  const std::string word(60, 'x');
  EXPECT_EQ(c_string(word + ' ' + word, 2), '"' + word + " \"\n  \"" + word + '"');
}

TEST(Text, CommentsCannotEndOrNest) {
  for (const char *text : {"a */ b", "/* a", "*/*/", "/*/*", "**/", "//*"}) {
    const std::string comment = comment_text(text);
    EXPECT_EQ(comment.find("*/"), comment.npos) << text;
    EXPECT_EQ(comment.find("/*"), comment.npos) << text;
  }
  EXPECT_EQ(comment_text("a\nb\\"), "a b ");
}

TEST(Text, WrapsAtWords) {
  EXPECT_EQ(wrap("one two three", 7, "\n"), "one\ntwo\nthree");
  EXPECT_EQ(wrap("one two three", 8, "\n"), "one two\nthree");
  EXPECT_EQ(wrap("unbreakable", 3, "\n"), "unbreakable");
}

TEST(Text, SubstitutesOnce) {
  EXPECT_EQ(substitute("$a+$b=$a", {{"$a", "$b"}, {"$b", "2"}}), "$b+2=$b");
  EXPECT_EQ(substitute("none", {{"$a", "1"}}), "none");
}

} // namespace
} // namespace convforge
