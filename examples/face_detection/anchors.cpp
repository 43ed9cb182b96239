#include "anchors.hpp"

#include <array>

namespace {

constexpr int side = 256;
constexpr std::array strides = {16, 32, 32, 32};
constexpr int anchors_a_layer = 2; // the aspect ratio's own, and the interpolated scale's

void add_grid(int cells, int count, std::vector<Anchor> &anchors) {
  for (int y = 0; y < cells; y++)
    for (int x = 0; x < cells; x++)
      for (int i = 0; i < count; i++)
        anchors.push_back({(static_cast<float>(x) + 0.5f) / static_cast<float>(cells),
                           (static_cast<float>(y) + 0.5f) / static_cast<float>(cells)});
}

} // namespace

std::vector<Anchor> face_anchors() {
  std::vector<Anchor> anchors;
  for (std::size_t first = 0; first < strides.size();) {
    std::size_t next = first + 1;
    while (next < strides.size() && strides[next] == strides[first])
      next++;
    add_grid(side / strides[first], anchors_a_layer * static_cast<int>(next - first), anchors);
    first = next;
  }
  return anchors;
}
