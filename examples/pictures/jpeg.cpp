#include "picture.hpp"

#include <cstdio> // jpeglib.h wants it first

#include <jpeglib.h>
#include <memory>
#include <stdexcept>

namespace {

// libjpeg leaves by a callback that must not return. It may throw: Debian builds C code with the tables that
// unwinding needs.
[[noreturn]] void throw_message(j_common_ptr info) {
  char message[JMSG_LENGTH_MAX];
  info->err->format_message(info, message);
  throw std::runtime_error(message);
}

// Owns a decompressor over an open file.
class Decoder {
public:
  explicit Decoder(std::FILE *file) {
    info_.err = jpeg_std_error(&errors_);
    errors_.error_exit = throw_message;
    jpeg_create_decompress(&info_);
    jpeg_stdio_src(&info_, file);
  }
  ~Decoder() { jpeg_destroy_decompress(&info_); }
  Decoder(const Decoder &) = delete;
  Decoder &operator=(const Decoder &) = delete;

  Picture decode() {
    jpeg_read_header(&info_, TRUE);
    info_.out_color_space = JCS_RGB;
    jpeg_start_decompress(&info_);
    Picture picture(static_cast<int>(info_.output_width), static_cast<int>(info_.output_height));
    while (info_.output_scanline < info_.output_height) {
      JSAMPROW row = picture.at(0, static_cast<int>(info_.output_scanline));
      jpeg_read_scanlines(&info_, &row, 1);
    }
    jpeg_finish_decompress(&info_);
    return picture;
  }

private:
  jpeg_decompress_struct info_{};
  jpeg_error_mgr errors_{};
};

} // namespace

Picture read_jpeg(const std::string &path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE *)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file)
    throw std::runtime_error(path + ": cannot be opened");
  try {
    return Decoder(file.get()).decode();
  } catch (const std::runtime_error &error) {
    throw std::runtime_error(path + ": " + error.what());
  }
}
