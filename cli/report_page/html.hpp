// Text of HTML: names that anyone may have written, and numbers as people read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace convforge::cli {

/// For element content and quoted attributes. Bytes that are no UTF-8, and characters that HTML does not
/// allow, become U+FFFD: a name cannot end what it stands in.
std::string escaped(std::string_view text);

std::string duration(double seconds);                ///< "12.3 ms", "4.56 µs"
std::string microseconds(double seconds);            ///< "12,345.6": of a column
std::string bytes_text(double bytes);                ///< "512 B", "4.2 KB", "1.31 MB"
std::string count_text(double count);                ///< "1.31 G", "24.9 M"
std::string digits(std::uint64_t number);            ///< "1,234,567"
std::string gigaflops(double operations_per_second); ///< "98.7": of a column

} // namespace convforge::cli
