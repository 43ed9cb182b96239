#include "cnn.h"

#include <convforge/convforge.hpp>

#include <vector>

std::vector<float> maps_of(float pixel) {
  const std::vector<float> image(CNN_IMAGE_ELEMENTS, pixel);
  std::vector<float> maps(CNN_MAPS_ELEMENTS), dense(CNN_DENSE_ELEMENTS);
  convforge::AlignedBuffer arena(cnn_arena_size(1));
  convforge::throw_on_error(cnn_run(image.data(), maps.data(), dense.data(), arena.data(), nullptr));
  return maps;
}
