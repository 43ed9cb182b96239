#include "picture.hpp"

#include <png.h>
#include <stdexcept>

Picture read_png(const std::string &path) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  if (!png_image_begin_read_from_file(&image, path.c_str()))
    throw std::runtime_error(path + ": " + image.message);
  image.format = PNG_FORMAT_RGB;
  Picture picture(static_cast<int>(image.width), static_cast<int>(image.height));
  const png_color white = {255, 255, 255}; // behind whatever is transparent
  if (!png_image_finish_read(&image, &white, picture.rgb.data(), 0, nullptr))
    throw std::runtime_error(path + ": " + image.message);
  return picture;
}

void write_png(const std::string &path, const Picture &picture) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(picture.width);
  image.height = static_cast<png_uint_32>(picture.height);
  image.format = PNG_FORMAT_RGB;
  if (!png_image_write_to_file(&image, path.c_str(), 0, picture.rgb.data(), 0, nullptr))
    throw std::runtime_error(path + ": " + image.message);
}
