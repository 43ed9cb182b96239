// Runs kernels on tensors of npy files, many in one process, for programs that compare them with other
// libraries. Reads lines "FOLDER<tab>PROBLEM AND ITS FLAGS"; FOLDER has a file for each operand but the
// output (input.npy, weights.npy, multipliers.npy, ...), and gets output.npy. Answers a line for each: "ok
// TARGET" or "error TEXT".
//
//   quantised_runner [TARGET | portable] [CACHE_FOLDER]
#include "base/error.hpp"
#include "convforge/jit.hpp"
#include "generic_kernel.hpp"
#include "problem/operand.hpp"
#include "verify/kernel_run.hpp"
#include "verify/npy.hpp"
#include "verify/problem_list.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace convforge;

namespace {

/// Compiles kernels for a target, or hands out the portable one.
class Kernels {
public:
  Kernels(const std::string &target, const std::string &cache) {
    if (target != "portable")
      jit_ = std::make_unique<Jit>(JitOptions{.cache_dir = cache, .target = target});
  }
  std::shared_ptr<const convforge_kernel> of(const Problem &problem) {
    if (!jit_)
      return generic_kernel(problem, find_target("x86-64-sse41"), "asked for");
    const Result<JitKernel> kernel = jit_->compile(problem);
    if (!kernel)
      throw Error(kernel.error().message);
    const auto kept = std::make_shared<const JitKernel>(*kernel);
    return {kept, &kept->descriptor()};
  }

private:
  std::unique_ptr<Jit> jit_;
};

std::vector<Elements> read_tensors(const Problem &problem, const std::filesystem::path &folder) {
  std::vector<Elements> tensors;
  for (const Operand &operand : operands(problem)) {
    if (operand.role == Role::output)
      continue;
    NpyArray array = read_npy(folder / (operand.name + ".npy"));
    if (array.type != operand.type || array.elements.size() != operand.bytes())
      fail(operand.name, std::string(name_of(array.type)), std::string(name_of(operand.type)));
    tensors.push_back(std::move(array.elements));
  }
  return tensors;
}

/// Answers the target.
std::string run(Kernels &kernels, const Problem &problem, const std::filesystem::path &folder) {
  const auto kernel = kernels.of(problem);
  const std::vector<Elements> tensors = read_tensors(problem, folder);
  const Elements output = run_guarded(*kernel, tensors, {});
  if (run_guarded(*kernel, tensors, {.threads = 3}) != output)
    throw Error("three threads give other bytes than one");
  const auto bytes = format_npy({problem.output_shape(), problem.types.destination, output});
  std::ofstream(folder / "output.npy", std::ios::binary)
      .write(reinterpret_cast<const char *>(bytes.data()), std::ssize(bytes));
  return kernel->target;
}

} // namespace

int main(int count, char **arguments) {
  Kernels kernels(count > 1 ? arguments[1] : "host", count > 2 ? arguments[2] : "");
  for (std::string line; std::getline(std::cin, line);) {
    const std::size_t tab = line.find('\t');
    try {
      const std::string folder = line.substr(0, tab);
      std::cout << "ok " << run(kernels, parse_problem_line(line.substr(tab + 1)), folder) << std::endl;
    } catch (const std::exception &error) {
      std::cout << "error " << error.what() << std::endl;
    }
  }
}
