#include "messages.hpp"
#include "problem/descriptor_note.hpp"
#include "problem/problem.hpp"

#include <gtest/gtest.h>

namespace convforge {
namespace {

std::string full(std::string_view text) {
  return Problem::parse(text).descriptor();
}

TEST(Descriptor, SquareByDefault) {
  EXPECT_EQ(full("mb1ic64ih56oc64oh56kh3ph1"), "g1mb1ic64ih56iw56oc64oh56ow56kh3kw3sh1sw1ph1pw1dh0dw0");
}

TEST(Descriptor, OneWidthEndsSquareness) {
  EXPECT_TRUE(contains(problem_error("ic1oc1ih8kh3sw2"), "iw: missing (expected iw, the input's width"));
  EXPECT_EQ(full("ic1oc1ih8iw9kh3kw2sh2"), "g1mb1ic1ih8iw9oc1oh3ow8kh3kw2sh2sw1ph0pw0dh0dw0");
}

TEST(Descriptor, OneDimension) {
  EXPECT_EQ(full("ic3iw5oc2kw3pw1"), "g1mb1ic3ih1iw5oc2oh1ow5kh1kw3sh1sw1ph0pw1dh0dw0");
}

TEST(Descriptor, PaddingFollowsFromTheOutput) {
  const Axis axis = Problem::parse("ic1oc1ih224oh112kh3sh2").height();
  EXPECT_EQ(axis.pad_begin, 0); // an odd total: the smaller half in front
  EXPECT_EQ(axis.pad_end, 1);
}

TEST(Descriptor, TrailingPaddingIsWhatTheOutputNeeds) {
  EXPECT_EQ(Problem::parse("ic1oc1ih56kh3sh2ph1").height().pad_end, 0);
  EXPECT_EQ(Problem::parse("ic1oc1ih56oh29kh3sh2ph1").height().pad_end, 2);
  EXPECT_EQ(Problem::parse("ic1oc1ih8oh3kh2sh3").height().pad_end, 0);
  EXPECT_EQ(Problem::parse("ic1oc1ih9oh3kh2sh3").height().pad_end, -1);
}

TEST(Descriptor, DilationCountsFromZero) {
  EXPECT_EQ(Problem::parse("ic1oc1ih9kh3dh1").height().dilation, 2);
  EXPECT_EQ(Problem::parse("ic1oc1ih9kh3dh1").height().output, 5);
}

TEST(Descriptor, NamesAndBlanks) {
  EXPECT_EQ(Problem::parse(" ic1oc1ih9kh3n\"net:conv_1 n\"\r\n").name, "net:conv_1 n");
  EXPECT_EQ(Problem::parse("ic1oc1ih9kh3nplain").name, "plain");
  EXPECT_EQ(Problem::parse("ic1oc1ih9kh3n").name, "");
  EXPECT_EQ(full("i_c_1_oc1ih0_9kh_3"), full("ic1oc1ih9kh3"));
  EXPECT_EQ(full("ic1oc1ih9kh3n\"a b\""), full("ic1oc1ih9kh3") + "n\"a b\"");
  EXPECT_EQ(Problem::parse("ic1oc1ih9kh3n\"a\""), Problem::parse("ic1oc1ih9kh3"));
  EXPECT_TRUE(
      contains(problem_error("ic1oc1ih9kh3na\nb"), "name: \"a\\nb\" (expected no control characters"));
}

TEST(Descriptor, ThreeDimensions) {
  const std::string cube = "g1mb1ic8id9ih9iw9oc8od9oh9ow9kd3kh3kw3sd1sh1sw1pd1ph1pw1dd0dh0dw0";
  EXPECT_EQ(full("ic8id9oc8kd3pd1"), cube); // no h- and no w-value: cubic
  EXPECT_EQ(full(cube), cube);
  // No w-value: w as h.
  EXPECT_EQ(full("ic64id16ih28oc64kd3kh3pd1ph1"),
            "g1mb1ic64id16ih28iw28oc64od16oh28ow28kd3kh3kw3sd1sh1sw1pd1ph1pw1dd0dh0dw0");
  EXPECT_EQ(full("ic2id4ih5iw6oc3kd1kh2kw3sd2dd1"),
            "g1mb1ic2id4ih5iw6oc3od2oh4ow4kd1kh2kw3sd2sh1sw1pd0ph0pw0dd1dh0dw0");
  EXPECT_EQ(Problem::parse(cube).spatial().size(), 3u);
}

TEST(Descriptor, ADepthOfNothingIsTwoDimensional) {
  EXPECT_EQ(Problem::parse("ic1oc1id1ih9kd1kh3"), Problem::parse("ic1oc1ih9kh3"));
  EXPECT_EQ(full("ic1oc1id1ih9kd1kh3"), full("ic1oc1ih9kh3"));
  EXPECT_FALSE(Problem::parse("ic1oc1id1ih9kd1kh3").has_depth());
  for (const char *text : {"ic1oc1id1ih9kd1kh3sd2", "ic1oc1id1ih9kd1kh3pd1", "ic1oc1id2ih9kd1kh3"})
    EXPECT_TRUE(Problem::parse(text).has_depth()) << text;
}

TEST(Descriptor, ErrorsNameFieldsOfTheDepth) {
  EXPECT_TRUE(contains(problem_error("ic1oc1ih9kh3id8"), "kd: missing (expected kd, the filter's depth"));
  EXPECT_TRUE(contains(problem_error("ic1oc1ih9kh3kd3"), "id: missing (expected id, the input's depth"));
  EXPECT_TRUE(contains(problem_error("ic1oc1id8kd3iw9kw3"), "ih: missing"));
  EXPECT_TRUE(contains(problem_error("ic1oc1id8kd3ih9kh3sw2"), "iw: missing"));
  EXPECT_TRUE(contains(problem_error("ic1oc1ih9kh3id3kd5"), "od: -1 (expected at least 1"));
  EXPECT_TRUE(contains(problem_error("ic1oc1ih9kh3id0kd1"), "id: 0 (expected at least 1"));
  EXPECT_TRUE(contains(problem_error("ic1oc1ih9kh3id9kd3sd0"), "sd: 0 (expected at least 1"));
  EXPECT_TRUE(contains(problem_error("ic1oc1ih9kh3id9kd3pd-9ed20"), "pd: -9 (expected more than -9"));
}

TEST(Descriptor, ErrorsNameFieldValueAndExpectation) {
  EXPECT_EQ(problem_error(""), "descriptor: empty (expected fields such as ic64ih56oc64kh3ph1)");
  for (const char *text : {"n\"only a name\"", "__", " \t"})
    EXPECT_TRUE(contains(problem_error(text), "descriptor: empty")) << text;
  EXPECT_TRUE(contains(problem_error("ic1oc1ih9kh3zz7"),
                       "descriptor: unknown field at \"zz7\" (expected a field of g mb"));
  EXPECT_TRUE(contains(problem_error("ic1oc1ih9 kh3"), "unknown field at \" kh3\""));
  EXPECT_TRUE(
      contains(problem_error("ic1oc1ih9kh"), "kh: no number (expected a number from 0 to 2147483646"));
  EXPECT_EQ(problem_error("ic-1oc1ih9kh3"), "ic: \"-1\" (expected a number from 0 to 2147483646)");
  EXPECT_EQ(problem_error("ic1oc1ih9kh3ph-1"), "no error");
  EXPECT_TRUE(contains(problem_error("ic1oc1ih9kh3zz-1"), "unknown field at \"zz-1\""));
  EXPECT_TRUE(contains(problem_error("ic1oc1ih9kh3ph-"), "ph: no number (expected a number"));
  EXPECT_TRUE(contains(problem_error("ic1oc1ih99999999999999999999kh3"),
                       "ih: \"99999999999999999999\" (expected a number"));
  EXPECT_TRUE(contains(problem_error("ic1oc1ih9kh3dh2147483647"), "dh: \"2147483647\" (expected a number"));
  EXPECT_TRUE(contains(problem_error("ic1ic2oc1ih9kh3"), "ic: 2 after 1 (expected one value for each field"));
  EXPECT_TRUE(contains(problem_error("oc1ih9kh3"), "ic: missing (expected ic, the input channels"));
  EXPECT_TRUE(contains(problem_error("ic1ih9kh3"), "oc: missing"));
  EXPECT_TRUE(contains(problem_error("ic1oc1kh3"), "ih: missing"));
  EXPECT_TRUE(contains(problem_error("ic1oc1ih9"), "kh: missing"));
}

TEST(Descriptor, ErrorsRepeatLittleOfLongGarbage) {
  EXPECT_LT(problem_error(std::string(100000, 'x')).size(), 300u);
  EXPECT_LT(problem_error("ic" + std::string(100000, '7')).size(), 300u);
  EXPECT_TRUE(contains(problem_error(std::string("ic1\0\xff", 5)), "unknown field at \"\\x00\\xff\""));
}

TEST(Descriptor, RefusesZeroSizes) {
  for (const char *text : {"mb0ic1oc1ih9kh3", "g0ic1oc1ih9kh3", "ic0oc1ih9kh3", "ic1oc0ih9kh3",
                           "ic1oc1ih0kh3", "ic1oc1ih9kh0", "ic1oc1ih9kh3sh0", "ic1oc1ih9oh0kh3"})
    EXPECT_TRUE(contains(problem_error(text), ": 0 (expected")) << text << ": " << problem_error(text);
}

TEST(Descriptor, SaysThePaddingAtTheEnd) {
  EXPECT_EQ(Problem::parse("ic1oc1ih56kh3ph1eh9").descriptor(),
            "g1mb1ic1ih56iw56oc1oh64ow64kh3kw3sh1sw1ph1pw1eh9ew9dh0dw0");
  EXPECT_EQ(Problem::parse("ic1oc1ih56kh3ph1eh2"), Problem::parse("ic1oc1ih56oh57kh3ph1"));
  EXPECT_EQ(Problem::parse("ic1oc1ih56kh3eh-3").height().output, 51);
  EXPECT_EQ(Problem::parse("ic1oc1ih56kh3ph-2").height(), Axis::padded(56, 3, -2, -2));
}

TEST(Descriptor, SaysTransposedOnes) {
  const Problem problem = Problem::parse("transposed_ic8ih5oc16kh3sh2ph1n\"up\"");
  EXPECT_TRUE(problem.transposed);
  EXPECT_EQ(problem.height(), Axis::transposed(5, 3, 1, 1, 2));
  EXPECT_EQ(problem.weights_layout, WeightsLayout::hwoi);
  EXPECT_EQ(problem.weights_shape(), (std::vector<std::int64_t>{3, 3, 16, 8}));
  EXPECT_EQ(problem.descriptor(), "transposed_g1mb1ic8ih5iw5oc16oh9ow9kh3kw3sh2sw2ph1pw1dh0dw0n\"up\"");
  EXPECT_EQ(Problem::parse(problem.descriptor()), problem);
  EXPECT_EQ(Problem::parse("transposed_ic8ih5oc16oh10kh3sh2ph1").height().pad_end, 0); // output padding of 1
  EXPECT_TRUE(contains(problem_error("transposed_ic8ih5oc16oh12kh3sh2ph1"), "oh: 12 (expected "));
  EXPECT_EQ(Problem::parse("transposed_g2ic8ih5oc16kh3", {.layout = "nchw"}).weights_shape(),
            (std::vector<std::int64_t>{8, 8, 3, 3}));
  EXPECT_TRUE(
      contains(error_of([] { Problem::parse("transposed_g2ic8ih5oc16kh3", {.weights_layout = "hwoi"}); }),
               "weights layout: hwoi (expected iohw, hwio, oihw or ohwi with g = 2)"));
}

TEST(Descriptor, RefusesWhatDoesNotFit) {
  EXPECT_TRUE(contains(problem_error("ic1oc1ih5kh7"), "oh: -1 (expected at least 1"));
  EXPECT_TRUE(
      contains(problem_error("ic1oc1ih56oh70kh3ph1"), "oh: 70 (expected 55 to 58 for an input of 56,"));
  EXPECT_TRUE(contains(problem_error("ic1oc1ih56oh70kh3"), "oh: 70 (expected 54 to 60 for an input of 56,"));
  EXPECT_EQ(problem_error("ic1oc1ih56kh3ph4"), "no error");
  EXPECT_TRUE(
      contains(problem_error("ic1oc1ih56oh70kh3ph1eh2"), "oh: 70 (expected 57, which ph = 1 and eh = 2"));
  EXPECT_TRUE(contains(problem_error("g3ic4oc6ih9kh3"), "ic: 4 (expected a multiple of g = 3"));
  EXPECT_TRUE(contains(problem_error("g3ic6oc4ih9kh3"), "oc: 4 (expected a multiple of g = 3"));
}

TEST(Descriptor, LargestNumbersNeverOverflow) {
  const std::string big = "2147483646";
  for (const char *field : {"mb", "ic", "oc", "ih", "oh", "kh", "sh", "ph", "dh", "id", "kd", "pd"})
    for (const char *rest : {"", "sh2147483646", "oh2147483646", "kh2147483646"}) {
      std::string text = field + big;
      for (const char *other : {"ic1", "oc1", "ih9", "kh3"})
        if (std::string(other).substr(0, 2) != field &&
            std::string(rest).substr(0, 2) != std::string(other).substr(0, 2))
          text += other;
      text += rest;
      problem_error(text); // an Error or a valid problem; the sanitizers watch
    }
  EXPECT_TRUE(contains(problem_error("ic1oc1ih9kh" + big + "dh" + big),
                       "kh: 2147483646 (expected a window of at most"));
}

TEST(DescriptorNote, SaysWhatLooksSquareAndIsNot) {
  EXPECT_EQ(descriptor_note("ic3ih224iw224oc64kh3kw3sh2ph1"),
            "sw is 1 where sh is 2, pw is 0 where ph is 1, as left out beside other sizes of its axis: the "
            "output is 112 x 222");
  EXPECT_EQ(descriptor_note("ic3ih224iw224oc64kh3kw3dh1"),
            "dw is 0 where dh is 1, as left out beside other sizes of its axis: the output is 220 x 222");
  EXPECT_TRUE(contains(descriptor_note("ic2id8ih8oc2kd3kh3sd2"), "sh is 1 where sd is 2"));
  EXPECT_TRUE(contains(descriptor_note("transposed_ic3ih9iw9oc4kh2kw2sh2"), "sw is 1 where sh is 2"));
}

TEST(DescriptorNote, IsEmptyWhereNothingIsLeftToBeMeantOtherwise) {
  for (const char *text :
       {"ic3ih224oc64kh3sh2ph1", "ic3ih224iw224oc64kh3kw3sh2sw2ph1pw1", "ic3iw1000oc64kw3pw1",
        "ic3ih224iw100oc64kh3kw1ph1", "ic3ih224iw224oc64oh224ow224kh3kw3ph1", "ic3ih224iw224oc64kh3kw3sh1ph0",
        "ic2id8ih8oc2kd3kh3sd1n\"sh2iw3\""})
    EXPECT_EQ(descriptor_note(text), "") << text;
}

} // namespace
} // namespace convforge
