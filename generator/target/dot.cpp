#include "target/dot.hpp"

namespace convforge {

std::string name_of(Dot dot) {
  switch (dot) {
  case Dot::none:
    return "none";
  case Dot::widening:
    return "widening";
  case Dot::pairs:
    return "pairs";
  case Dot::four_u8_s8:
    return "four_u8_s8";
  case Dot::four_s8_s8:
    return "four_s8_s8";
  }
  return "invalid";
}

} // namespace convforge
