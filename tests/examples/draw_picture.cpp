// draw_picture PNG JPEG: a picture with edges, corners and colours, wider than high, in both formats.
#include "write_jpeg.hpp"

int main(int argc, char **argv) {
  if (argc != 3)
    return 1;
  Picture picture(500, 360);
  for (int y = 0; y < picture.height; y++)
    for (int x = 0; x < picture.width; x++) {
      const bool disc = (x - 250) * (x - 250) + (y - 180) * (y - 180) < 90 * 90, stripe = (x + y) / 24 % 2;
      picture.at(x, y)[0] = static_cast<std::uint8_t>(disc ? 230 : x / 2);
      picture.at(x, y)[1] = stripe ? 200 : 40;
      picture.at(x, y)[2] = static_cast<std::uint8_t>(disc ? 30 : y / 2);
    }
  write_png(argv[1], picture);
  write_jpeg(argv[2], picture);
}
