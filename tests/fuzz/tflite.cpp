// TensorFlow Lite files.
#include "fuzz/read_graph.hpp"
#include "models/tflite/tflite_model.hpp"

void convforge::fuzz::check(Input input) {
  check_graph(models::tflite::parse_tflite_model(input));
}
