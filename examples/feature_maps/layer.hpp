// One generated kernel with its weights: the few lines an app writes around it.
#pragma once

#include <convforge/convforge.hpp>

#include <vector>

class Layer {
public:
  /// Packs the weights for the variant that runs here. Throws convforge::RuntimeError.
  Layer(const convforge_kernel *kernel, const std::vector<float> &weights, std::vector<float> bias);
  std::vector<float> operator()(const std::vector<float> &input);
  const convforge_kernel &kernel() const { return kernel_.descriptor(); }
  /// Seconds of the fastest call on one thread.
  double seconds(const std::vector<float> &input);

private:
  void run(const std::vector<float> &input, std::vector<float> &output);

  convforge::Kernel kernel_;
  convforge::AlignedBuffer packed_, workspace_;
  std::vector<float> bias_;
};
