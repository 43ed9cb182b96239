// The parts of examples/feature_maps that need no kernel: picture files, cutting to size, filters, drawing.
#include "canvas.hpp"
#include "filters.hpp"
#include "font.hpp"
#include "write_jpeg.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <fstream>

namespace {

Picture gradient(int width, int height) {
  Picture picture(width, height);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      picture.at(x, y)[0] = static_cast<std::uint8_t>(x * 255 / width);
      picture.at(x, y)[1] = static_cast<std::uint8_t>(y * 255 / height);
      picture.at(x, y)[2] = 100;
    }
  return picture;
}

class PictureFile : public ::testing::Test {
protected:
  ~PictureFile() override { std::remove(path_.c_str()); }
  const std::string path_ = ::testing::TempDir() + "convforge_picture_" +
                            ::testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(PictureFile, PngComesBackAsItWas) {
  const Picture picture = gradient(37, 23);
  write_png(path_, picture);
  const Picture again = read_picture(path_);
  EXPECT_EQ(again.width, 37);
  EXPECT_EQ(again.height, 23);
  EXPECT_EQ(again.rgb, picture.rgb);
}

TEST_F(PictureFile, JpegComesBackNearly) {
  const Picture picture = gradient(64, 48);
  write_jpeg(path_, picture);
  const Picture again = read_picture(path_);
  ASSERT_EQ(again.rgb.size(), picture.rgb.size());
  for (std::size_t i = 0; i < picture.rgb.size(); i++)
    EXPECT_NEAR(again.rgb[i], picture.rgb[i], 12);
}

TEST_F(PictureFile, BrokenFilesAreErrorsThatNameThem) {
  for (const std::string bytes : {"", "text", "\x89PNG\r\n\x1a\n broken", "\xff\xd8\xff broken"}) {
    std::ofstream(path_, std::ios::binary) << bytes;
    try {
      read_picture(path_);
      ADD_FAILURE() << "no error for " << bytes;
    } catch (const std::runtime_error &error) {
      EXPECT_NE(std::string(error.what()).find(path_), std::string::npos) << error.what();
    }
  }
}

TEST(CutTo, KeepsTheMiddleAndTheAspect) {
  const Picture cut = cut_to(gradient(200, 100), 50, 50); // the middle 100 x 100
  EXPECT_NEAR(cut.at(0, 0)[0], 50 * 255 / 200, 3);
  EXPECT_NEAR(cut.at(49, 0)[0], 150 * 255 / 200, 3);
  EXPECT_NEAR(cut.at(0, 49)[1], 255, 6);
}

TEST(CutTo, EnlargesWhatIsTooSmall) {
  const Picture cut = cut_to(gradient(1, 1), 8, 4);
  EXPECT_EQ(cut.rgb.size(), 8u * 4 * 3);
  EXPECT_EQ(cut.at(7, 3)[2], 100);
}

// A filter's response to a constant picture: the sum of its weights.
double response_to_grey(const Bank &bank, std::size_t k) {
  double sum = 0;
  for (std::size_t i = k; i < bank.weights.size(); i += bank.channels.size())
    sum += bank.weights[i];
  return sum;
}

TEST(Filters, FitTheLayersAndIgnoreConstantPicturesWhereTheyShould) {
  const Bank first = first_layer_bank(), smooth = smooth_bank(32), mix = mix_bank();
  ASSERT_EQ(first.channels.size(), 32u);
  EXPECT_EQ(first.weights.size(), 7u * 7 * 3 * 32);
  EXPECT_EQ(first.bias.size(), 32u);
  EXPECT_EQ(smooth.weights.size(), 5u * 5 * 32);
  EXPECT_EQ(mix.weights.size(), 32u * mix.channels.size());
  for (std::size_t k = 0; k < 32; k++) {
    const std::string &label = first.channels[k].label;
    const bool smooths = label.find("blur") == 0;
    if (smooths || label != "shadow")
      EXPECT_NEAR(response_to_grey(first, k), smooths ? 1 : 0, 1e-5) << label;
  }
  for (std::size_t k = 0; k < mix.channels.size(); k++)
    EXPECT_GT(response_to_grey(mix, k), 0) << mix.channels[k].label << " sums nothing";
}

TEST(Filters, EveryLetterOfALabelHasAGlyph) {
  for (const Bank &bank : {first_layer_bank(), mix_bank()})
    for (const Bank::Channel &channel : bank.channels)
      for (const char letter : channel.label)
        EXPECT_TRUE(letter == ' ' || glyph(letter) != glyph(' ')) << letter;
}

TEST(Canvas, DrawsTheBrightestWhiteAndNothingBlack) {
  const std::vector<float> values = {0, 9, 1, 9}; // 2 x 2 pixels of one channel
  Canvas canvas(10, 10);
  canvas.draw({values.data(), 2, 2, 1, 0}, {200, 100, 0}, 2, 3, 3);
  EXPECT_EQ(canvas.picture().at(3, 3)[0], 0);
  EXPECT_EQ(canvas.picture().at(4, 3)[2], 255);
  EXPECT_EQ(canvas.picture().at(2, 3)[0], canvas.picture().at(9, 9)[0]);
}

} // namespace
