// A server of convolutions that learns its shapes at run time: each line of standard input is a problem, as
// `convforge check --batch` reads them; its kernel is made on first sight and run on a picture. Prints where
// the kernel came from and how long it took: first sight, again from disk (a new Jit on the same directory),
// again from memory.
//
//   jit_server photo.jpg kernels < layers.txt
#include "convforge/convforge.hpp"
#include "convforge/jit.hpp"
#include "picture.hpp"
#include "verify/fill.hpp"
#include "verify/problem_list.hpp"

#include <chrono>
#include <fmt/format.h>
#include <iostream>
#include <numeric>

namespace {

using namespace convforge;

struct Timed {
  Result<JitKernel> kernel;
  double seconds;
};

Timed timed_compile(Jit &jit, const Problem &problem) {
  const auto begin = std::chrono::steady_clock::now();
  Result<JitKernel> kernel = jit.compile(problem);
  return {std::move(kernel), std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count()};
}

/// The picture cut to the input's size, its three colours over and over, in every image of the batch.
std::vector<float> input_of(const Problem &problem, const Picture &picture) {
  const int height = problem.height().input, width = problem.width().input, channels = problem.in_channels;
  const Picture cut = cut_to(picture, width, height);
  std::vector<float> input;
  input.reserve(static_cast<std::size_t>(problem.batch) * height * width * channels);
  const auto push = [&](int y, int x, int c) {
    input.push_back(static_cast<float>(cut.at(x, y)[c % 3]) / 255);
  };
  for (int n = 0; n < problem.batch; n++)
    if (problem.layout == Layout::nhwc)
      for (int i = 0; i < height * width * channels; i++)
        push(i / channels / width, i / channels % width, i % channels);
    else
      for (int i = 0; i < height * width * channels; i++)
        push(i / width % height, i % width, i / width / height);
  return input;
}

/// Runs the kernel once. Answers the mean of the output and the time of the call.
std::pair<double, double> run(const JitKernel &jit_kernel, const Problem &problem, const Picture &picture) {
  const Kernel kernel(&jit_kernel.descriptor());
  const Tensors tensors = fill(problem, Fill::real, 0); // weights from a seed
  const std::vector<float> input = input_of(problem, picture);
  const AlignedBuffer packed = kernel.pack(tensors.weights);
  AlignedBuffer workspace = kernel.make_workspace();
  std::vector<float> output(convforge_output(&kernel.descriptor())->bytes / sizeof(float));
  Arguments arguments;
  arguments.input = input;
  arguments.packed_weights = packed;
  arguments.epilogue.assign(tensors.epilogue.begin(), tensors.epilogue.end());
  arguments.output = output;
  arguments.workspace = workspace;
  const auto begin = std::chrono::steady_clock::now();
  kernel.run(arguments);
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
  return {std::accumulate(output.begin(), output.end(), 0.0) / static_cast<double>(output.size()),
          time.count()};
}

const char *name_of(JitKernel::Origin origin) {
  switch (origin) {
  case JitKernel::Origin::compiled:
    return "compiled";
  case JitKernel::Origin::disk:
    return "disk";
  case JitKernel::Origin::generic:
    break;
  }
  return "generic";
}

void serve(Jit &jit, const JitOptions &options, const std::string &line, const Picture &picture) {
  Problem problem = parse_problem_line(line);
  problem.name.clear();
  const Timed first = timed_compile(jit, problem);
  const JitKernel &kernel = first.kernel.value();
  Jit other(options);
  const Timed disk = timed_compile(other, problem), memory = timed_compile(jit, problem);
  const auto [mean, run_seconds] = run(kernel, problem, picture);
  fmt::print("{:<8} {:>9.2f} {:>9.3f} {:>9.2f} {:>9.3f} {:>9.4f}  {}\n", name_of(kernel.origin()),
             first.seconds * 1e3, disk.seconds * 1e3, memory.seconds * 1e6, run_seconds * 1e3, mean, line);
}

} // namespace

int main(int argc, char **argv) {
  if (argc < 2 || argc > 3) {
    fmt::print(stderr, "usage: jit_server PICTURE [CACHE_DIR] < PROBLEMS\n");
    return 1;
  }
  try {
    const Picture picture = read_picture(argv[1]);
    const JitOptions options{.cache_dir = argc > 2 ? argv[2] : ""};
    Jit jit(options);
    fmt::print("{:<8} {:>9} {:>9} {:>9} {:>9} {:>9}  {}\n", "from", "first/ms", "disk/ms", "memory/us",
               "run/ms", "mean", "problem");
    for (std::string line; std::getline(std::cin, line);) {
      if (line.empty() || line.starts_with('#'))
        continue;
      try {
        serve(jit, options, line, picture);
      } catch (const std::exception &error) {
        fmt::print("{}: {}\n", line, error.what());
      }
    }
  } catch (const std::exception &error) {
    fmt::print(stderr, "jit_server: {}\n", error.what());
    return 1;
  }
  return 0;
}
