#include "verify/npy_header.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <iterator>
#include <limits>
#include <optional>
#include <string_view>

namespace convforge {
namespace {

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::size_t max_rank = 8;

struct Descr {
  ElementType type;
  std::string_view text;
};
constexpr Descr descrs[] = {{ElementType::f16, "<f2"}, {ElementType::f32, "<f4"}, {ElementType::f64, "<f8"},
                            {ElementType::u8, "|u1"},  {ElementType::s8, "|i1"},  {ElementType::s32, "<i4"}};

/// Reads the one Python literal a header may hold: {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3),
/// }
class HeaderText {
public:
  HeaderText(std::string_view text, const std::string &name) : rest_(text), name_(name) {}

  void read(NpyHeader &header) {
    expect('{', "a dictionary");
    while (!accept('}')) {
      read_entry(header);
      if (!accept(',')) {
        expect('}', "',' or '}'");
        break;
      }
    }
    skip_space();
    if (!rest_.empty())
      refuse("nothing but spaces after the dictionary");
    if (!descr_ || !order_ || !shape_)
      throw Error(fmt::format("{}: the header lacks '{}' (expected 'descr', 'fortran_order' and 'shape')",
                              name_,
                              !descr_   ? "descr"
                              : !order_ ? "fortran_order"
                                        : "shape"));
  }

private:
  void read_entry(NpyHeader &header) {
    const std::string_view key = quoted("a key in quotes");
    expect(':', "':'");
    bool &seen = key == "descr"           ? descr_
                 : key == "fortran_order" ? order_
                 : key == "shape"         ? shape_
                                          : unknown_;
    if (seen || &seen == &unknown_)
      throw Error(
          fmt::format("{}: {} header key '{}' (expected 'descr', 'fortran_order' and 'shape', once each)",
                      name_, seen ? "repeated" : "unknown", printable(key)));
    seen = true;
    if (key == "descr")
      header.type = element_type();
    else if (key == "fortran_order")
      read_order();
    else
      read_shape(header);
  }

  ElementType element_type() {
    const std::string_view descr = quoted("a type such as '<f4'");
    const auto known = std::ranges::find(descrs, descr, &Descr::text);
    if (known != std::end(descrs))
      return known->type;
    throw Error(
        fmt::format("{}: element type '{}' (expected '<f2', '<f4', '<f8', '|u1', '|i1' or '<i4': save "
                    "array.astype('<f4'), or of integers array.astype('<i4'))",
                    name_, printable(descr)));
  }

  void read_order() {
    if (accept_word("False"))
      return;
    if (accept_word("True"))
      throw Error(name_ + ": Fortran order (expected C order: save numpy.ascontiguousarray(array))");
    refuse("True or False");
  }

  void read_shape(NpyHeader &header) {
    expect('(', "a tuple");
    while (!accept(')')) {
      header.shape.push_back(dimension());
      if (header.shape.size() > max_rank)
        throw Error(fmt::format("{}: more than {} dimensions (expected a tensor of at most {})", name_,
                                max_rank, max_rank));
      if (!accept(',')) {
        expect(')', "',' or ')'");
        break;
      }
    }
  }

  std::int64_t dimension() {
    skip_space();
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (error != std::errc() || value < 0)
      refuse("a dimension from 0 to 2^63 - 1");
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return value;
  }

  std::string_view quoted(const char *what) {
    skip_space();
    const char quote = rest_.empty() ? '\0' : rest_.front();
    const std::size_t end = quote == '\'' || quote == '"' ? rest_.find(quote, 1) : std::string_view::npos;
    if (end == std::string_view::npos)
      refuse(what);
    const std::string_view text = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    return text;
  }

  void skip_space() {
    const std::size_t begin = rest_.find_first_not_of(" \t\n");
    rest_.remove_prefix(begin == std::string_view::npos ? rest_.size() : begin);
  }
  bool accept(char c) {
    skip_space();
    if (rest_.empty() || rest_.front() != c)
      return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool accept_word(std::string_view word) {
    skip_space();
    if (!rest_.starts_with(word))
      return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  void expect(char c, const char *what) {
    if (!accept(c))
      refuse(what);
  }

  [[noreturn]] void refuse(const char *expected) const {
    throw Error(fmt::format("{}: header has \"{}\" (expected {})", name_, printable(rest_), expected));
  }
  static std::string printable(std::string_view text) {
    std::string out;
    for (const char c : text.substr(0, 24))
      out += c >= ' ' && c <= '~' ? c : '?';
    return out + (text.size() > 24 ? "..." : "");
  }

  std::string_view rest_;
  const std::string &name_;
  bool descr_ = false, order_ = false, shape_ = false, unknown_ = false;
};

/// The product of the dimensions times the element's size, unless it does not fit.
std::optional<std::uint64_t> data_bytes(const NpyHeader &header) {
  std::uint64_t bytes = bytes_of(header.type);
  for (const std::int64_t dimension : header.shape)
    if (__builtin_mul_overflow(bytes, static_cast<std::uint64_t>(dimension), &bytes))
      return std::nullopt;
  return bytes;
}

} // namespace

std::string_view npy_descr(ElementType type) {
  const auto known = std::ranges::find(descrs, type, &Descr::type);
  if (known == std::end(descrs))
    fail("npy file", std::string(name_of(type)), "a type that tensors have");
  return known->text;
}

NpyHeader parse_npy_header(std::span<const std::uint8_t> begin, std::uintmax_t file_bytes,
                           const std::string &name) {
  const std::string_view text(reinterpret_cast<const char *>(begin.data()), begin.size());
  if (text.size() < 10 || !text.starts_with(magic))
    throw Error(name + ": not a .npy file (expected it to begin with \\x93NUMPY and a version)");
  const unsigned major = begin[6], minor = begin[7];
  if (major < 1 || major > 3 || minor != 0)
    throw Error(fmt::format("{}: .npy version {}.{} (expected 1.0, 2.0 or 3.0)", name, major, minor));
  const std::size_t length_bytes = major == 1 ? 2 : 4, text_offset = 8 + length_bytes;
  std::size_t length = 0;
  for (std::size_t i = 0; i < length_bytes && 8 + i < begin.size(); ++i)
    length |= static_cast<std::size_t>(begin[8 + i]) << (8 * i);
  if (text.size() < text_offset || length > text.size() - text_offset)
    throw Error(fmt::format("{}: a header of {} bytes (expected at most {}, within the file's {})", name,
                            length, npy_header_limit - text_offset, file_bytes));
  NpyHeader header;
  HeaderText(text.substr(text_offset, length), name).read(header);
  header.data_offset = text_offset + length;
  const std::optional<std::uint64_t> bytes = data_bytes(header);
  if (!bytes || *bytes != file_bytes - header.data_offset)
    throw Error(fmt::format(
        "{}: {} bytes of data (expected {} by its header: is the file cut short or overwritten?)", name,
        file_bytes - header.data_offset, bytes ? std::to_string(*bytes) : "more than any file holds,"));
  header.count = *bytes / bytes_of(header.type);
  return header;
}

} // namespace convforge
