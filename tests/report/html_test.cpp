#include "cli/report_page/html.hpp"

#include <gtest/gtest.h>

using namespace convforge::cli;

namespace {

TEST(Html, EscapesWhatMarkupIsMadeOf) {
  EXPECT_EQ(escaped("a<b>&\"'"), "a&lt;b&gt;&amp;&quot;&#39;");
  EXPECT_EQ(escaped("größe"), "größe");
}

TEST(Html, ReplacesWhatIsNoText) {
  EXPECT_EQ(escaped("a\xff"
                    "b"),
            "a\xef\xbf\xbd"
            "b");
  EXPECT_EQ(escaped(std::string("a\0\x1b", 3)), "a\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(escaped("\xc0\xbc"), "\xef\xbf\xbd\xef\xbf\xbd"); // an overlong '<'
}

TEST(Html, WritesTimesInUnits) {
  EXPECT_EQ(duration(0.0123), "12.3 ms");
  EXPECT_EQ(duration(1.5), "1.50 s");
  EXPECT_EQ(duration(4.5678e-6), "4.57 µs");
  EXPECT_EQ(duration(3e-8), "0.03 µs");
  EXPECT_EQ(duration(0.123456), "123 ms");
}

TEST(Html, WritesColumnsOfMicroseconds) {
  EXPECT_EQ(microseconds(1234567.89e-6), "1,234,567.9");
  EXPECT_EQ(microseconds(0.96e-6), "1.0");
  EXPECT_EQ(microseconds(0.04e-6), "0.0");
}

TEST(Html, WritesSizesAndCounts) {
  EXPECT_EQ(bytes_text(512), "512 B");
  EXPECT_EQ(bytes_text(4200), "4.20 KB");
  EXPECT_EQ(bytes_text(19785600), "19.8 MB");
  EXPECT_EQ(bytes_text(0), "0 B");
  EXPECT_EQ(count_text(1294887744), "1.29 G");
  EXPECT_EQ(digits(1234567), "1,234,567");
  EXPECT_EQ(gigaflops(98.76e9), "98.8");
}

} // namespace
