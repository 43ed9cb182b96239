// Calls with tensors in the host's memory: the launcher allocates, copies, waits and frees, against the
// driver that records.
#include "launcher_fixture.hpp"

#include <array>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace {

class HostCall : public Launcher {
protected:
  void SetUp() override {
    Launcher::SetUp();
    ASSERT_EQ(load(), CONVFORGE_OK);
    const std::array<float, 16> weights{};
    ASSERT_EQ(convforge_pack_weights(&kernel, weights.data(), t.packed), CONVFORGE_OK);
  }
  DeviceTensors t{};
};

TEST_F(HostCall, CopiesRunsWaitsAndFrees) {
  const std::size_t before = std::strlen(fake_cuda_log());
  const convforge_args args = t.args();
  // Copies and launch on the one stream: the kernel waits for its operands whatever kind of stream that is.
  const auto stream = reinterpret_cast<convforge_cuda_stream>(0x5eed);
  ASSERT_EQ(convforge_cuda_run_host(module, &args, stream), CONVFORGE_OK);
  const std::string log = fake_cuda_log() + before;
  const std::string opening =
      "allocate 128\nto device 128 on 0x5eed\nallocate 128\nto device 128 on 0x5eed\nallocate 16\n"
      "to device 16 on 0x5eed\nallocate 128\nlaunch conv_cuda";
  EXPECT_EQ(log.substr(0, opening.size()), opening);
  EXPECT_NE(log.find("stream 0x5eed"), std::string::npos);
  EXPECT_NE(log.find("\nwait for 0x5eed\nto host 128\nfree\nfree\nfree\nfree\n"), std::string::npos) << log;
}

TEST_F(HostCall, FailuresFreeWhatWasAllocated) {
  const convforge_args args = t.args();
  for (const auto &[function, codes] : std::vector<std::pair<const char *, std::pair<int, int>>>{
           {"cuMemAlloc_v2", {2, CONVFORGE_ERROR_MEMORY}},
           {"cuMemcpyHtoDAsync_v2", {719, CONVFORGE_ERROR_LAUNCH}},
           {"cuLaunchKernel", {719, CONVFORGE_ERROR_LAUNCH}},
           {"cuStreamSynchronize", {719, CONVFORGE_ERROR_LAUNCH}},
           {"cuMemcpyDtoH_v2", {719, CONVFORGE_ERROR_LAUNCH}}}) {
    const std::size_t before = std::strlen(fake_cuda_log());
    fake_cuda_fail(function, codes.first);
    EXPECT_EQ(convforge_cuda_run_host(module, &args, nullptr), codes.second) << function;
    fake_cuda_fail(function, 0);
    const std::string log = fake_cuda_log() + before;
    std::size_t allocated = 0, freed = 0;
    for (std::size_t at = 0; (at = log.find("allocate ", at)) != std::string::npos; ++at)
      allocated += log.find("refused", at) == log.find('\n', at) - 7 ? 0 : 1;
    for (std::size_t at = 0; (at = log.find("free\n", at)) != std::string::npos; ++at)
      freed++;
    EXPECT_EQ(allocated, freed) << function << "\n" << log;
    if (allocated > 0) // a copy may be under way
      EXPECT_LT(log.find("wait for"), log.find("free\n")) << function << "\n" << log;
  }
}

TEST_F(HostCall, ForeignPackedWeightsAreRefused) {
  std::memset(t.packed, 0, 64);
  const convforge_args args = t.args();
  EXPECT_EQ(convforge_cuda_run_host(module, &args, nullptr), CONVFORGE_ERROR_PACK);
}

} // namespace
