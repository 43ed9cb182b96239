// feature_maps PICTURE OUTPUT.png: a photograph through three generated kernels, drawn as a grid of what each
// channel sees.
#include "canvas.hpp"
#include "filters.hpp"
#include "kernel_table.hpp"
#include "layer.hpp"
#include "picture.hpp"
#include "picture_program.hpp"

#include "first_layer.h"
#include "mix.h"
#include "smooth.h"

#include <cstdio>

namespace {

constexpr int tile = 160, gap = 8, caption = 20;
constexpr int columns = 8, pitch_x = tile + gap, pitch_y = tile + caption + gap;

// Red, green and blue from 0 to 1, height x width x 3.
std::vector<float> to_tensor(const Picture &picture) {
  std::vector<float> tensor;
  for (const std::uint8_t value : picture.rgb)
    tensor.push_back(static_cast<float>(value) / 255.0f);
  return tensor;
}

// A labelled tile for each channel, `per_row` to a row, the first at column and row (in tiles).
void draw_maps(Canvas &canvas, const std::vector<float> &tensor, int width,
               const std::vector<Bank::Channel> &channels, int per_row, int column, int row) {
  const int count = static_cast<int>(channels.size());
  for (int k = 0; k < count; k++) {
    const int x = gap + (column + k % per_row) * pitch_x, y = gap + (row + k / per_row) * pitch_y;
    canvas.draw({tensor.data(), width, width, count, k}, channels[k].tint, tile, x, y);
    canvas.text(channels[k].label, x, y + tile + 4);
  }
}

void draw_kernel(Canvas &canvas, const convforge_kernel &kernel, int x, int y) {
  canvas.text(kernel.name, x, y, 2, {250, 200, 120});
  canvas.text(std::to_string(convforge_weights(&kernel)->shape[0]) + "x" +
                  std::to_string(convforge_weights(&kernel)->shape[1]) + ", " +
                  std::to_string(convforge_input(&kernel)->shape[3]) + " -> " +
                  std::to_string(convforge_output(&kernel)->shape[3]) + " channels",
              x, y + 22);
  canvas.text(std::string(kernel.algorithm) + ", " + std::to_string(kernel.code_bytes) + " bytes", x, y + 44);
  canvas.text(kernel.target, x, y + 66);
}

void run(const char *picture_path, const char *output_path) {
  const Picture photograph =
      cut_to(read_picture(picture_path), FIRST_LAYER_INPUT_WIDTH, FIRST_LAYER_INPUT_HEIGHT);
  const Bank filters = first_layer_bank(), blur = smooth_bank(SMOOTH_OUTPUT_CHANNELS), sums = mix_bank();
  Layer first(first_layer_kernel(), filters.weights, filters.bias);
  Layer smooth(smooth_kernel(), blur.weights, blur.bias);
  Layer mix(mix_kernel(), sums.weights, sums.bias);

  const std::vector<float> image = to_tensor(photograph);
  const std::vector<float> maps = first(image), smoothed = smooth(maps), mixed = mix(smoothed);

  Canvas canvas(gap + columns * pitch_x, gap + 6 * pitch_y);
  canvas.draw(photograph, gap, gap);
  canvas.text("the photograph", gap, gap + FIRST_LAYER_INPUT_HEIGHT + 4);
  draw_maps(canvas, mixed, MIX_OUTPUT_WIDTH, sums.channels, 4, 2, 0);
  int y = gap;
  for (const Layer *layer : {&first, &smooth, &mix}) {
    draw_kernel(canvas, layer->kernel(), gap + 6 * pitch_x + gap, y);
    y += 118;
  }
  draw_maps(canvas, maps, FIRST_LAYER_OUTPUT_WIDTH, filters.channels, columns, 0, 2);
  write_png(output_path, canvas.picture());
  std::printf("feature maps of %s: %s\n", picture_path, output_path);
  print_kernel_table({{&first.kernel(), first.seconds(image)},
                      {&smooth.kernel(), smooth.seconds(maps)},
                      {&mix.kernel(), mix.seconds(smoothed)}});
}

} // namespace

int main(int argc, char **argv) {
  return run_on_picture(argc, argv, "feature_maps", run);
}
