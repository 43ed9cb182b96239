// face_detection PICTURE OUTPUT.png: prints and draws the faces in a photograph, with their eyes, nose, mouth
// and ears.
#include "face.h"
#include "faces.hpp"
#include "figures.h"
#include "fit.hpp"
#include "picture_program.hpp"

#include <convforge/convforge.hpp>

#include <cstdio>

namespace {

constexpr int side = 256;
static_assert(FACE_INPUT_ELEMENTS == side * side * 3);
static_assert(FACE_REGRESSORS_ELEMENTS == FACE_CLASSIFICATORS_ELEMENTS * regressors_an_anchor);

// What one call of the network needs.
struct Network {
  std::vector<float> input = std::vector<float>(FACE_INPUT_ELEMENTS),
                     regressors = std::vector<float>(FACE_REGRESSORS_ELEMENTS),
                     scores = std::vector<float>(FACE_CLASSIFICATORS_ELEMENTS);
  convforge::AlignedBuffer arena{face_arena_size(1)};

  void run() {
    convforge::throw_on_error(
        face_run(input.data(), regressors.data(), scores.data(), arena.data(), nullptr));
  }
};

// Pixels of red, green and blue from -1 to 1.
void normalise(const Picture &picture, std::vector<float> &input) {
  for (std::size_t i = 0; i < input.size(); i++)
    input[i] = static_cast<float>(picture.rgb[i]) / 127.5f - 1;
}

void print(const Face &face, const Fit &place) {
  std::printf("face %.1f %.1f %.1f %.1f score %.3f\n", place.x(face.box.left), place.y(face.box.top),
              place.x(face.box.right), place.y(face.box.bottom), face.score);
  for (std::size_t i = 0; i < landmarks; i++)
    std::printf("  %s %.1f %.1f\n", landmark_names[i], place.x(face.points[i].x), place.y(face.points[i].y));
}

void draw(const Face &face, const Fit &place, Picture &picture) {
  draw_rectangle(
      picture,
      {place.x(face.box.left), place.y(face.box.top), place.x(face.box.right), place.y(face.box.bottom)},
      {60, 230, 60});
  for (const Point &point : face.points)
    draw_dot(picture, place.x(point.x), place.y(point.y), {255, 230, 0});
}

void run(const char *picture_path, const char *output_path) {
  Picture picture = read_picture(picture_path);
  const Fit place = fit(picture, side, side);
  Network network;
  normalise(fitted(picture, place, side, side), network.input);
  network.run();

  const std::vector<Face> faces = find_faces(network.regressors, network.scores, face_anchors(), side);
  std::printf("%zu faces in %s\n", faces.size(), picture_path);
  for (const Face &face : faces) {
    print(face, place);
    draw(face, place, picture);
  }
  std::fflush(stdout); // the answer is there: what follows is about it
  write_png(output_path, picture);
  print_figures("face_run()", [](void *closure) { static_cast<Network *>(closure)->run(); }, &network);
}

} // namespace

int main(int argc, char **argv) {
  return run_on_picture(argc, argv, "face_detection", run);
}
