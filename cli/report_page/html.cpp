#include "cli/report_page/html.hpp"

#include "cli/report/table.hpp"

#include <array>
#include <cmath>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <span>

namespace convforge::cli {
namespace {

/// Well-formed UTF-8, by the JSON library, which has to know it: a string's dump without its quotes would be
/// escaped, so that it is read back.
std::string repaired(std::string_view text) {
  using Json = nlohmann::json;
  return Json::parse(Json(text).dump(-1, ' ', false, Json::error_handler_t::replace)).get<std::string>();
}

/// Control characters, which HTML does not allow in a text.
bool is_forbidden(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7f;
}

struct HtmlUnit {
  double size;
  const char *name;
};

/// In the largest unit that leaves a number of at least 1; three digits of it.
std::string in_units(double value, std::span<const HtmlUnit> units) {
  for (const HtmlUnit &unit : units)
    if (value >= unit.size || &unit == &units.back()) {
      const double number = value / unit.size;
      const int decimals = number >= 100 || number == std::floor(number) ? 0 : number >= 10 ? 1 : 2;
      return fmt::format("{:.{}f}{}", number, decimals, unit.name);
    }
  return "";
}

} // namespace

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : repaired(text))
    switch (c) {
    case '&':
      out += "&amp;";
      break;
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    case '"':
      out += "&quot;";
      break;
    case '\'':
      out += "&#39;";
      break;
    default:
      is_forbidden(c) ? out += "\xef\xbf\xbd" : out += c;
    }
  return out;
}

std::string duration(double seconds) {
  constexpr std::array units{HtmlUnit{1, " s"}, HtmlUnit{1e-3, " ms"}, HtmlUnit{1e-6, " µs"}};
  return in_units(seconds, units);
}

std::string microseconds(double seconds) {
  const double tenths = std::round(seconds * 1e7);
  return fmt::format("{}.{:.0f}", digits(static_cast<std::uint64_t>(tenths / 10)), std::fmod(tenths, 10));
}

std::string bytes_text(double bytes) {
  constexpr std::array units{HtmlUnit{1e9, " GB"}, HtmlUnit{1e6, " MB"}, HtmlUnit{1e3, " KB"},
                             HtmlUnit{1, " B"}};
  return in_units(bytes, units);
}

std::string count_text(double count) {
  constexpr std::array units{HtmlUnit{1e12, " T"}, HtmlUnit{1e9, " G"}, HtmlUnit{1e6, " M"},
                             HtmlUnit{1e3, " K"}, HtmlUnit{1, ""}};
  return in_units(count, units);
}

std::string digits(std::uint64_t number) {
  return grouped(static_cast<long long>(number));
}

std::string gigaflops(double operations_per_second) {
  return fmt::format("{:.1f}", operations_per_second * 1e-9);
}

} // namespace convforge::cli
