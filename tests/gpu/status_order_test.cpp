// Which error is answered where several things are wrong: the order that convforge/cuda.h promises. Each step
// mends one fault more, from all of them to none.
#include "launcher_fixture.hpp"

#include <algorithm>
#include <functional>
#include <vector>

namespace {

class StatusOrder : public Launcher {
protected:
  void TearDown() override {
    convforge_cuda_unload_here(&modules);
    Launcher::TearDown();
  }
  /// What a generated call does.
  int call() {
    const convforge_cuda_module *here = nullptr;
    const int status = convforge_cuda_module_here(made, &modules, &here);
    return status == CONVFORGE_OK ? convforge_cuda_run(here, &args, nullptr) : status;
  }
  DeviceTensors t{};
  convforge_args args = t.args();
  inline static convforge_cuda_modules modules; // what it refers to stays for the next load
  convforge_cuda_kernel foreign = cuda;
  const convforge_cuda_kernel *made = &foreign;
};

TEST_F(StatusOrder, OfACall) {
  foreign.abi_version++;
  setenv("CONVFORGE_CUDA_DRIVER", "/nonexistent/libcuda.so", 1);
  fake_cuda_reset(75);
  fake_cuda_context(nullptr);
  fake_cuda_fail("cuModuleLoadData", 200);
  t.at[0] = t.input + 4; // misaligned
  t.at[1] = nullptr;
  t.at[2] = t.bias + 4;
  t.at[3] = t.input;
  struct Step {
    int expected;
    std::function<void()> mend;
  };
  const std::vector<Step> steps = {
      {CONVFORGE_ERROR_ABI, [&] { made = &cuda; }},
      {CONVFORGE_ERROR_NO_CUDA, [] { setenv("CONVFORGE_CUDA_DRIVER", FAKE_CUDA, 1); }},
      {CONVFORGE_ERROR_CONTEXT, [this] { fake_cuda_context(&modules); }},
      {CONVFORGE_ERROR_TARGET,
       [this] {
         fake_cuda_reset(80);
         fake_cuda_context(&modules);
         fake_cuda_fail("cuModuleLoadData", 200);
       }},
      {CONVFORGE_ERROR_IMAGE, [] { fake_cuda_fail("cuLaunchKernel", 719); }},
      {CONVFORGE_ERROR_MISALIGNED, [&] { t.at[0] = t.input; }},
      {CONVFORGE_ERROR_NULL, [&] { t.at[1] = t.packed; }},
      {CONVFORGE_ERROR_MISALIGNED, [&] { t.at[2] = t.bias; }},
      {CONVFORGE_ERROR_OVERLAP, [&] { t.at[3] = t.output; }},
      {CONVFORGE_ERROR_LAUNCH, [] { fake_cuda_fail("cuLaunchKernel", 0); }}};
  for (std::size_t i = 0; i < steps.size(); i++) {
    EXPECT_EQ(call(), steps[i].expected) << "step " << i;
    steps[i].mend();
  }
  EXPECT_EQ(call(), CONVFORGE_OK);
}

TEST_F(StatusOrder, OfAHostCall) {
  ASSERT_EQ(load(), CONVFORGE_OK);
  std::array<float, 16> weights{};
  std::fill(weights.begin(), weights.end(), 1.0F);
  fake_cuda_fail("cuMemAlloc_v2", 2);
  t.at[0] = nullptr; // and the weights are not packed
  EXPECT_EQ(convforge_cuda_run_host(nullptr, &args, nullptr), CONVFORGE_ERROR_NULL);
  EXPECT_EQ(convforge_cuda_run_host(module, &args, nullptr), CONVFORGE_ERROR_NULL);
  t.at[0] = t.input;
  EXPECT_EQ(convforge_cuda_run_host(module, &args, nullptr), CONVFORGE_ERROR_PACK);
  ASSERT_EQ(convforge_pack_weights(&kernel, weights.data(), t.packed), CONVFORGE_OK);
  EXPECT_EQ(convforge_cuda_run_host(module, &args, nullptr), CONVFORGE_ERROR_MEMORY);
  fake_cuda_fail("cuMemAlloc_v2", 0);
  EXPECT_EQ(convforge_cuda_run_host(module, &args, nullptr), CONVFORGE_OK);
}

TEST_F(StatusOrder, OfLoading) {
  foreign.abi_version++;
  setenv("CONVFORGE_CUDA_DRIVER", "/nonexistent/libcuda.so", 1);
  EXPECT_EQ(convforge_cuda_load(nullptr, &module), CONVFORGE_ERROR_NULL);
  EXPECT_EQ(convforge_cuda_load(&foreign, nullptr), CONVFORGE_ERROR_NULL);
  EXPECT_EQ(convforge_cuda_load(&foreign, &module), CONVFORGE_ERROR_ABI);
  EXPECT_EQ(convforge_cuda_load(&cuda, &module), CONVFORGE_ERROR_NO_CUDA);
}

} // namespace
