// ONNX files, whose external data are nowhere.
#include "fuzz/read_graph.hpp"
#include "models/onnx/onnx_model.hpp"

void convforge::fuzz::check(Input input) {
  check_graph(models::onnx::parse_onnx_model(input, "no/such/folder"));
}
