// Compiles a list of problems for targets that this machine does not run, and writes what a program of the
// target links to check them: kernels.c (descriptors and a table of them) and libkernels.a.
//   make_kernels DIR TARGET[,TARGET...] --batch FILE [ALGORITHM [N]] | --random COUNT SEED [TYPES
//   [DIMENSIONS]]
// N: of the list's problems one in N.
#include "artefact/emit.hpp"
#include "artefact/emit_descriptor.hpp"
#include "artefact/emit_text.hpp"
#include "artefact/kernel_description.hpp"
#include "compiler/compile.hpp"
#include "planner/planner.hpp"
#include "verify/problem_list.hpp"
#include "verify/random.hpp"
#include "verify/random_problem.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <sstream>

namespace {

using namespace convforge;

std::vector<Target> parse_targets(const std::string &names) {
  std::vector<Target> targets;
  std::istringstream list(names);
  for (std::string name; std::getline(list, name, ',');)
    targets.push_back(find_target(name));
  return targets;
}

/// The problems that `convforge check --random COUNT --seed SEED --dtype TYPES --dims DIMENSIONS` takes.
std::vector<Problem> random_problems(int count, int seed, const ElementTypes &types, int dimensions) {
  std::vector<Problem> problems;
  for (int i = 0; i < count; ++i)
    problems.push_back(random_problem(seed_of(fmt::format("{}:{}", seed, i)), types, dimensions));
  return problems;
}

std::vector<Problem> listed_problems(const std::string &file, std::size_t one_in) {
  const std::vector<Problem> all = read_problem_list(file);
  std::vector<Problem> problems;
  for (std::size_t i = 0; i < all.size(); i += one_in)
    problems.push_back(all[i]);
  return problems;
}

struct Output {
  std::string definitions = "#include \"cases.h\"\n\n", table;
  std::vector<Member> objects;

  void add(const Problem &problem, const Target &target, const std::string &algorithm) {
    const Artefact artefact = compile(problem, make_plan(problem, target, {}, algorithm), target,
                                      fmt::format("k{}", objects.size()));
    const KernelDescription description(artefact);
    definitions +=
        fmt::format("int {0}(void **arguments);\n{1}\n", artefact.symbol,
                    emit_descriptor(description.materialise(nullptr), {artefact.symbol}, artefact.symbol));
    table +=
        fmt::format("    {{{}, &{}_descriptor}},\n", c_string(problem_line(problem), 5), artefact.symbol);
    objects.emplace_back(artefact.symbol + ".o", artefact.object);
  }
  std::string source() const {
    return fmt::format("{}const Case cases[] = {{\n{}}};\nconst int case_count = {};\n", definitions, table,
                       objects.size());
  }
};

void write(const std::filesystem::path &directory, const Output &output) {
  const std::string source = output.source();
  std::filesystem::create_directories(directory);
  write_file_atomically(directory / "kernels.c",
                        {reinterpret_cast<const std::uint8_t *>(source.data()), source.size()});
  write_file_atomically(directory / "libkernels.a", emit_archive(output.objects));
}

} // namespace

int main(int argc, char **argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  try {
    const std::size_t count = arguments.size();
    const bool batch = count >= 4 && count <= 6 && arguments[2] == "--batch";
    if (!batch && !(count >= 5 && count <= 7 && arguments[2] == "--random")) {
      fmt::print(stderr,
                 "usage: make_kernels DIR TARGET,... --batch FILE [ALGORITHM [N]] | --random COUNT SEED "
                 "[TYPES [DIMENSIONS]]\n");
      return 2;
    }
    const std::string algorithm = batch && count >= 5 ? arguments[4] : "auto";
    const ElementTypes types = !batch && count >= 6 ? parse_element_types(arguments[5]) : ElementTypes{};
    Output output;
    const std::size_t one_in = batch && count == 6 ? std::stoul(arguments[5]) : 1;
    const int dimensions = !batch && count == 7 ? std::stoi(arguments[6]) : 2;
    for (const Problem &problem :
         batch ? listed_problems(arguments[3], one_in)
               : random_problems(std::stoi(arguments[3]), std::stoi(arguments[4]), types, dimensions))
      for (const Target &target : parse_targets(arguments[1]))
        output.add(problem, target, algorithm);
    write(arguments[0], output);
    fmt::print("{} kernels\n", output.objects.size());
  } catch (const std::exception &error) {
    fmt::print(stderr, "make_kernels: {}\n", error.what());
    return 1;
  }
}
