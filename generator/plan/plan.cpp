#include "plan/plan.hpp"

namespace convforge {

const Window &Plan::window() const {
  static constexpr Window none;
  if (const auto *direct = std::get_if<DirectPart>(&part))
    return direct->window;
  const auto *depthwise = std::get_if<DepthwisePart>(&part);
  return depthwise ? depthwise->window : none;
}

Window *Plan::own_window() {
  if (auto *direct = std::get_if<DirectPart>(&part))
    return &direct->window;
  auto *depthwise = std::get_if<DepthwisePart>(&part);
  return depthwise ? &depthwise->window : nullptr;
}

bool Plan::two_weight_pointers() const {
  const auto *direct = std::get_if<DirectPart>(&part);
  return direct && direct->two_weight_pointers;
}

int Plan::channels_of_rows() const {
  const auto *depthwise = std::get_if<DepthwisePart>(&part);
  return depthwise && vector_axis == VectorAxis::width ? depthwise->blocks_per_chunk * regions.front().block
                                                       : 0;
}

bool Plan::fuses_pixels() const {
  const auto *direct = std::get_if<DirectPart>(&part);
  return direct && direct->fused_pixels;
}

bool Plan::masks_lanes() const {
  return channelwise() && vector_axis == VectorAxis::width && window().skip_columns;
}

FamilyPart part_of(Algorithm algorithm) {
  switch (algorithm) {
  case Algorithm::depthwise:
    return DepthwisePart{};
  case Algorithm::winograd:
    return WinogradPart{};
  case Algorithm::direct:
  case Algorithm::pointwise:
    break;
  }
  return DirectPart{};
}

Plan empty_plan(Algorithm algorithm) {
  return {.algorithm = algorithm, .part = part_of(algorithm)};
}

} // namespace convforge
