#include "layer.hpp"

#include <convforge_tools/measure.h>

#include <functional>
#include <utility>

Layer::Layer(const convforge_kernel *kernel, const std::vector<float> &weights, std::vector<float> bias)
    : kernel_(kernel), packed_(kernel_.pack(weights)), workspace_(kernel_.make_workspace()),
      bias_(std::move(bias)) {}

void Layer::run(const std::vector<float> &input, std::vector<float> &output) {
  convforge::Arguments arguments;
  arguments.input = input;
  arguments.packed_weights = packed_;
  if (!bias_.empty())
    arguments.epilogue = {bias_};
  arguments.output = output;
  arguments.workspace = workspace_;
  kernel_.run(arguments);
}

std::vector<float> Layer::operator()(const std::vector<float> &input) {
  std::vector<float> output(convforge_output(&kernel())->bytes / sizeof(float));
  run(input, output);
  return output;
}

double Layer::seconds(const std::vector<float> &input) {
  std::vector<float> output(convforge_output(&kernel())->bytes / sizeof(float));
  std::function<void()> call = [&] { run(input, output); };
  const auto trampoline = [](void *closure) { (*static_cast<std::function<void()> *>(closure))(); };
  return convforge_measure(trampoline, &call, 0.3).min_seconds;
}
