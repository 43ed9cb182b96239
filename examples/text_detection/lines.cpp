#include "lines.hpp"

#include <algorithm>

namespace {

constexpr float threshold = 0.3f;     // of a pixel
constexpr float box_threshold = 0.5f; // of a line's score
constexpr float unclip_ratio = 1.6f;
constexpr float shortest_side = 3; // what is smaller is noise

// Pixels that hang together.
struct Part {
  Rectangle bounds;
  float pixels = 0, sum = 0; // how many, and of their probabilities

  void add(int x, int y, float probability) {
    bounds.left = std::min(bounds.left, static_cast<float>(x));
    bounds.top = std::min(bounds.top, static_cast<float>(y));
    bounds.right = std::max(bounds.right, static_cast<float>(x + 1));
    bounds.bottom = std::max(bounds.bottom, static_cast<float>(y + 1));
    pixels++;
    sum += probability;
  }
};

// A map, and which of its pixels belong to a part that was found.
class Parts {
public:
  Parts(const std::vector<float> &map, int width, int height)
      : map_(map), width_(width), height_(height), taken_(map.size()) {}

  bool begins(int x, int y) const { return map_[index(x, y)] > threshold && !taken_[index(x, y)]; }

  // All pixels that are text and hang together with this one, by sides or by corners.
  Part take(int x, int y) {
    Part part{{static_cast<float>(x), static_cast<float>(y), 0, 0}};
    std::vector<std::pair<int, int>> open = {{x, y}};
    taken_[index(x, y)] = true;
    while (!open.empty()) {
      const auto [u, v] = open.back();
      open.pop_back();
      part.add(u, v, map_[index(u, v)]);
      add_neighbours(u, v, open);
    }
    return part;
  }

private:
  std::size_t index(int x, int y) const { return static_cast<std::size_t>(y) * width_ + x; }

  void add_neighbours(int x, int y, std::vector<std::pair<int, int>> &open) {
    for (int v = std::max(y - 1, 0); v <= std::min(y + 1, height_ - 1); v++)
      for (int u = std::max(x - 1, 0); u <= std::min(x + 1, width_ - 1); u++)
        if (begins(u, v)) {
          taken_[index(u, v)] = true;
          open.emplace_back(u, v);
        }
  }

  const std::vector<float> &map_;
  int width_, height_;
  std::vector<bool> taken_;
};

// The network is trained on lines that were shrunk by area x (1 - r^2) / circumference, so that neighbours do
// not touch (Liao et al., Real-time Scene Text Detection with Differentiable Binarization, 2020); this undoes
// it. The area is that of the pixels, since a line that is not level fills little of its bounds.
Rectangle grown(const Part &part) {
  const Rectangle &box = part.bounds;
  const float by = part.pixels * unclip_ratio / (2 * (box.right - box.left + box.bottom - box.top));
  return {box.left - by, box.top - by, box.right + by, box.bottom + by};
}

float shorter_side(const Rectangle &box) {
  return std::min(box.right - box.left, box.bottom - box.top);
}

} // namespace

std::vector<Line> find_lines(const std::vector<float> &map, int width, int height) {
  Parts parts(map, width, height);
  std::vector<Line> lines;
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      if (parts.begins(x, y)) {
        const Part part = parts.take(x, y);
        const Line line{grown(part), part.sum / part.pixels};
        if (line.score > box_threshold && shorter_side(part.bounds) >= shortest_side &&
            shorter_side(line.box) >= shortest_side + 2)
          lines.push_back(line);
      }
  return lines; // by their uppermost pixels
}
