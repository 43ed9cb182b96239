#include "problem/type_combinations.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace convforge {

void check_types(const ElementTypes &types) {
  using enum ElementType;
  constexpr ElementTypes known[] = {{f32, f32, f32}, {f16, f16, f16}, {f32, f16, f32},
                                    {u8, s8, u8},    {u8, s8, s32},   {u8, s8, f32},
                                    {s8, s8, s8},    {s8, s8, s32},   {s8, s8, f32}};
  if (std::ranges::find(known, types) != std::end(known))
    return;
  const auto is_any = [&](ElementType type) {
    return types.source == type || types.weights == type || types.destination == type;
  };
  const bool mixed = is_any(f16) && (is_any(u8) || is_any(s8));
  fail("types", name_of(types),
       fmt::format(
           "f32, f16, f32:f16:f32 or of 8-bit integers u8:s8:u8, s8:s8:s8, or with destination s32 or f32 "
           "(source:weights:destination){}",
           mixed ? "; halves and 8-bit integers do not mix" : ""));
}

} // namespace convforge
