// make_gpu_kernels DIR TARGET[,TARGET...] LIST: compiles every problem of a list for GPU targets, as
// `convforge compile` does, into DIR/k0.c, DIR/k0.h, ... and DIR/cases.c, which includes them all and has a
// table of them.
#include "artefact/emit.hpp"
#include "artefact/emit_text.hpp"
#include "artefact/gpu/emit.hpp"
#include "base/error.hpp"
#include "compiler/gpu/assemble.hpp"
#include "compiler/gpu/compile.hpp"
#include "planner/gpu/planner.hpp"
#include "verify/problem_list.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <sstream>

namespace {

using namespace convforge;

void write(const std::filesystem::path &file, const std::string &text) {
  write_file_atomically(file, {reinterpret_cast<const std::uint8_t *>(text.data()), text.size()});
}

std::vector<Target> parse_targets(const std::string &names) {
  std::vector<Target> targets;
  std::istringstream list(names);
  for (std::string name; std::getline(list, name, ',');)
    targets.push_back(find_target(name));
  return targets;
}

std::vector<GpuArtefact> variants_of(const Problem &problem, const std::vector<Target> &targets,
                                     const std::string &name) {
  std::vector<GpuArtefact> variants;
  for (const Target &target : targets) {
    GpuArtefact artefact = compile_gpu(problem, make_gpu_plan(problem, target), target, name);
    if (const auto assembled = assemble(artefact))
      artefact.cubin = assembled->cubin;
    variants.push_back(std::move(artefact));
  }
  return variants;
}

void make_kernels(const std::filesystem::path &directory, const std::vector<Target> &targets,
                  const std::string &list) {
  std::filesystem::create_directories(directory);
  std::string includes = "#include \"cases.h\"\n\n", table;
  int count = 0;
  for (const Problem &problem : read_problem_list(list)) {
    const std::string name = fmt::format("k{}", count++);
    const std::vector<GpuArtefact> variants = variants_of(problem, targets, name);
    write(directory / (name + ".h"), emit_cuda_header(variants));
    write(directory / (name + ".c"), emit_cuda_source(variants));
    includes += fmt::format("#include \"{}.c\"\n", name);
    table += fmt::format("    {{{}, &{}_cuda}},\n", c_string(problem_line(problem), 5), name);
  }
  write(directory / "cases.c",
        fmt::format("{}\nconst gpu_case gpu_cases[] = {{\n{}}};\nconst int gpu_case_count = {};\n", includes,
                    table, count));
}

} // namespace

int main(int argc, char **argv) {
  if (argc != 4) {
    fmt::print(stderr, "usage: make_gpu_kernels DIR TARGET,... LIST\n");
    return 2;
  }
  try {
    make_kernels(argv[1], parse_targets(argv[2]), argv[3]);
    return 0;
  } catch (const std::exception &error) {
    fmt::print(stderr, "make_gpu_kernels: {}\n", error.what());
    return 1;
  }
}
