#include "analysis/parts.hpp"

#include <algorithm>
#include <limits>

namespace convforge {
namespace {

/// Of a product's instructions half multiply and add, of a transform's at most a quarter (seen with AVX2,
/// AVX-512 and ARM).
constexpr double least_share_of_product = 0.4;

bool is_product(const HotCode &code, const Plan &plan) {
  const Region &region = plan.regions.front();
  const auto tile = static_cast<std::size_t>(region.block / region.lanes) * region.tile_w;
  const auto multiply_adds = static_cast<std::size_t>(code.arithmetic.instructions);
  const bool whole_tile = code.arithmetic.accumulators.size() == tile && multiply_adds % tile == 0;
  const double share = double(multiply_adds) / double(code.instructions.size());
  return code.loop && (whole_tile || share >= least_share_of_product);
}

} // namespace

std::vector<std::string> name_parts(std::span<const HotCode> code, const Plan &plan) {
  std::vector<std::string> parts(code.size());
  auto first_product = std::numeric_limits<std::uint64_t>::max();
  for (const HotCode &one : code)
    if (is_product(one, plan))
      first_product = std::min(first_product, one.instructions.front().address);
  std::ranges::transform(code, parts.begin(), [&](const HotCode &one) {
    return is_product(one, plan)                              ? "product"
           : one.instructions.front().address < first_product ? "input transform"
                                                              : "output transform";
  });
  return parts;
}

} // namespace convforge
