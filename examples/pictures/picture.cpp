#include "picture.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <stdexcept>

Picture read_picture(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    throw std::runtime_error(path + ": cannot be opened");
  unsigned char first[2] = {0, 0};
  file.read(reinterpret_cast<char *>(first), 2);
  if (first[0] == 0x89 && first[1] == 'P')
    return read_png(path);
  if (first[0] == 0xFF && first[1] == 0xD8)
    return read_jpeg(path);
  throw std::runtime_error(path + ": neither PNG nor JPEG");
}

namespace {

// The part [begin, end) of the source that output index i covers, at least one element.
struct Cover {
  int begin, end;
};

Cover cover(int i, double offset, double scale, int limit) {
  const int begin = std::clamp(static_cast<int>(offset + i * scale), 0, limit - 1);
  const int end = static_cast<int>(std::lround(offset + (i + 1) * scale));
  return {begin, std::clamp(end, begin + 1, limit)};
}

void average(const Picture &from, Cover x, Cover y, std::uint8_t *pixel) {
  for (int c = 0; c < 3; c++) {
    long sum = 0;
    for (int v = y.begin; v < y.end; v++)
      for (int u = x.begin; u < x.end; u++)
        sum += from.at(u, v)[c];
    pixel[c] = static_cast<std::uint8_t>(sum / ((x.end - x.begin) * (y.end - y.begin)));
  }
}

} // namespace

Picture cut_to(const Picture &picture, int width, int height) {
  const double scale = std::min(1.0 * picture.width / width, 1.0 * picture.height / height);
  const double left = (picture.width - width * scale) / 2, top = (picture.height - height * scale) / 2;
  Picture result(width, height);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      average(picture, cover(x, left, scale, picture.width), cover(y, top, scale, picture.height),
              result.at(x, y));
  return result;
}
