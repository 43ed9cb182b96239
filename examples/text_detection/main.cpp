// text_detection PICTURE OUTPUT.png: prints and draws the boxes of the lines of text in a photograph.
#include "det.h"
#include "figures.h"
#include "fit.hpp"
#include "lines.hpp"
#include "picture_program.hpp"

#include <convforge/convforge.hpp>

#include <cstdio>

namespace {

constexpr int side = 480;
static_assert(DET_X_ELEMENTS == 3 * side * side && DET_SIGMOID_0_TMP_0_ELEMENTS == side * side);

// What one call of the network needs.
struct Network {
  std::vector<float> input = std::vector<float>(DET_X_ELEMENTS),
                     map = std::vector<float>(DET_SIGMOID_0_TMP_0_ELEMENTS);
  convforge::AlignedBuffer arena{det_arena_size(1)};

  void run() { convforge::throw_on_error(det_run(input.data(), map.data(), arena.data(), nullptr)); }
};

// Planes of blue, green and red from -1 to 1, as rapidocr-onnxruntime makes them.
void normalise(const Picture &picture, std::vector<float> &input) {
  const std::size_t pixels = input.size() / 3;
  for (std::size_t i = 0; i < pixels; i++)
    for (std::size_t c = 0; c < 3; c++)
      input[c * pixels + i] = static_cast<float>(picture.rgb[3 * i + 2 - c]) / 127.5f - 1;
}

// Of the picture itself, no larger than it is.
Rectangle back(const Rectangle &box, const Fit &place, const Picture &picture) {
  const auto width = static_cast<float>(picture.width), height = static_cast<float>(picture.height);
  return {std::max(place.x(box.left), 0.0f), std::max(place.y(box.top), 0.0f),
          std::min(place.x(box.right), width), std::min(place.y(box.bottom), height)};
}

void run(const char *picture_path, const char *output_path) {
  Picture picture = read_picture(picture_path);
  const Fit place = fit(picture, side, side);
  Network network;
  normalise(fitted(picture, place, side, side), network.input);
  network.run();

  const std::vector<Line> lines = find_lines(network.map, side, side);
  std::printf("%zu lines of text in %s\n", lines.size(), picture_path);
  for (const Line &line : lines) {
    const Rectangle box = back(line.box, place, picture);
    std::printf("box %.1f %.1f %.1f %.1f score %.3f\n", box.left, box.top, box.right, box.bottom, line.score);
    draw_rectangle(picture, box, {230, 60, 30});
  }
  std::fflush(stdout); // the answer is there: what follows is about it
  write_png(output_path, picture);
  print_figures("det_run()", [](void *closure) { static_cast<Network *>(closure)->run(); }, &network);
}

} // namespace

int main(int argc, char **argv) {
  return run_on_picture(argc, argv, "text_detection", run);
}
