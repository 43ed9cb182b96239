// Kernels as they are generated, in the emulator: what they rely on is there, and the emulator notices when
// it is not.
#include "compiler/gpu/compile.hpp"
#include "emulator/ptx_machine.hpp"

#include "artefact/gpu/artefact.hpp"
#include "convforge/convforge.h"
#include "planner/gpu/planner.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace convforge {
namespace {

GpuArtefact compiled(const char *descriptor, const char *layout) {
  const Problem problem = Problem::parse(descriptor, {.layout = layout});
  const Target &target = find_target("cuda-sm80");
  return compile_gpu(problem, make_gpu_plan(problem, target), target, "conv");
}

struct Free {
  void operator()(void *memory) const { std::free(memory); }
};

/// Device memory of a kernel without bias and residual, all zeros: input, packed weights, output.
struct Memory {
  emulator::Allocations allocations;
  std::vector<std::unique_ptr<void, Free>> owned;
  std::vector<std::uint64_t> addresses;

  void add(std::size_t bytes) {
    owned.emplace_back(std::aligned_alloc(256, (bytes + 255) / 256 * 256));
    std::fill_n(static_cast<char *>(owned.back().get()), bytes, '\0');
    addresses.push_back(reinterpret_cast<std::uintptr_t>(owned.back().get()));
    allocations[addresses.back()] = bytes;
  }
};

std::size_t bytes_of(const std::vector<std::int64_t> &shape) {
  std::size_t bytes = sizeof(float);
  for (const std::int64_t extent : shape)
    bytes *= static_cast<std::size_t>(extent);
  return bytes;
}

/// What the emulator says of the kernel's launch with this PTX; empty: nothing.
std::string refusal(const GpuArtefact &artefact, const std::string &ptx) {
  const Problem &problem = artefact.kernel.problem;
  Memory memory;
  memory.add(bytes_of(problem.input_shape()));
  memory.add(artefact.kernel.pack.bytes);
  memory.add(bytes_of(problem.output_shape()));
  const GpuLaunch &made = artefact.launches.front();
  emulator::Launch launch{made.grid, made.block, made.shared_bytes, {}};
  for (const int view : made.views) {
    const auto &of = artefact.kernel.views[static_cast<std::size_t>(view)];
    launch.parameters.push_back(memory.addresses[static_cast<std::size_t>(of.operand)] + of.offset);
  }
  try {
    emulator::run(emulator::parse_ptx(ptx).at(made.kernel), launch, memory.allocations);
    return "";
  } catch (const std::runtime_error &error) {
    return error.what();
  }
}

/// The PTX without one of its barriers, for each of them.
std::vector<std::string> without_a_barrier(const std::string &ptx) {
  std::vector<std::string> all;
  for (std::size_t at = 0; (at = ptx.find("\tbar.sync", at)) != std::string::npos; at++) {
    all.push_back(ptx);
    all.back().erase(at, ptx.find('\n', at) + 1 - at);
  }
  return all;
}

class GeneratedPtx : public testing::TestWithParam<std::pair<const char *, const char *>> {};

// Two are needed: between the copies to shared memory and the sums, and between these and the next chunk's
// copies.
TEST_P(GeneratedPtx, BarriersAreThereAndNeeded) {
  const GpuArtefact artefact = compiled(GetParam().first, GetParam().second);
  EXPECT_EQ(refusal(artefact, artefact.ptx), "");
  int needed = 0;
  for (const std::string &ptx : without_a_barrier(artefact.ptx))
    needed += refusal(artefact, ptx).empty() ? 0 : 1;
  EXPECT_GE(needed, 2);
}

TEST_P(GeneratedPtx, SharedMemoryDoesNotBeginAtZero) {
  const GpuArtefact artefact = compiled(GetParam().first, GetParam().second);
  std::string at_zero = artefact.ptx;
  const std::string base = "%shared0, conv_cuda_sm80_shared;";
  ASSERT_TRUE(at_zero.find(base) != std::string::npos);
  at_zero.replace(at_zero.find(base), base.size(), "%shared0, 0;");
  EXPECT_NE(refusal(artefact, at_zero).find("outside of the block's"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    Layers, GeneratedPtx,
    testing::Values(std::pair{"ic64ih6oc32kh3ph1", "nhwc"}, std::pair{"ic64ih6oc32kh3ph1", "nchw"},
                    std::pair{"ic64ih6oc64kh1", "nhwc"}, std::pair{"ic64ih6oc64kh1", "nchw"},
                    std::pair{"ic3ih12oc16kh5ph2", "nhwc"}, std::pair{"g4ic16ih6oc32kh3ph1", "nchw"}));

} // namespace
} // namespace convforge
