#include "fixture.hpp"

#include "planner/planner.hpp"

#include <algorithm>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>

namespace convforge {

std::vector<std::uint8_t> read_bytes(const std::filesystem::path &path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_bytes(const std::filesystem::path &path, const std::vector<std::uint8_t> &bytes) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char *>(bytes.data()), std::ssize(bytes));
  std::filesystem::permissions(path,
                               std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

Problem small_problem(int i) {
  return Problem::parse("ic" + std::to_string(1 + i % 8) + "ih3oc" + std::to_string(1 + i / 8) + "kh1",
                        {.epilogue = "bias"});
}

Artefact made_up_artefact(int i) {
  const Problem problem = small_problem(i);
  const Target &target = find_target("x86-64-sse41");
  Artefact artefact{.name = "conv",
                    .symbol = "conv_x86_64_sse41",
                    .problem = problem,
                    .target = target,
                    .plan = make_plan(problem, target)};
  artefact.pack = pack_layout(artefact.problem, artefact.plan);
  artefact.views = {{0, 0}, {1, 64}, {2, 0}};
  artefact.workspace_shared_bytes = 128;
  artefact.code_bytes = 5;
  artefact.object.assign(200, static_cast<std::uint8_t>(i));
  return artefact;
}

} // namespace convforge
