// The CUDA launcher against a driver that records what it is asked (fake_cuda.c). No GPU is needed.
#include "launcher_fixture.hpp"

#include <array>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

namespace {

std::string hex(const void *pointer) {
  char text[32];
  snprintf(text, sizeof text, "0x%llx",
           static_cast<unsigned long long>(reinterpret_cast<std::uintptr_t>(pointer)));
  return text;
}

/// Modules that the driver holds, by its log.
int loaded_now() {
  const std::string log = fake_cuda_log();
  int count = 0;
  for (std::size_t at = 0; (at = log.find("load ", at)) != std::string::npos; ++at)
    count += at >= 2 && log.compare(at - 2, 2, "un") == 0 ? -1 : 1;
  return count;
}

TEST_F(Launcher, LaunchesWithTheDescriptorsNumbersOnTheCallersStream) {
  ASSERT_EQ(load(), CONVFORGE_OK);
  DeviceTensors t;
  const convforge_args args = t.args();
  const auto stream = reinterpret_cast<convforge_cuda_stream>(0x5eed);
  ASSERT_EQ(convforge_cuda_run(module, &args, stream), CONVFORGE_OK);
  EXPECT_EQ(
      std::string(fake_cuda_log()),
      "load ELF\nfunction conv_cuda of 0x111\nlaunch conv_cuda grid 11 12 13 block 32 4 1 shared 4096 stream "
      "0x5eed arguments " +
          hex(t.output) + " " + hex(t.input) + " " + hex(t.packed + 64) + " " + hex(t.bias) + "\n");
}

TEST_F(Launcher, ACallNeitherAllocatesNorCopiesNorWaits) {
  ASSERT_EQ(load(), CONVFORGE_OK);
  DeviceTensors t;
  const convforge_args args = t.args();
  const std::size_t before = std::strlen(fake_cuda_log());
  for (int i = 0; i < 3; ++i)
    ASSERT_EQ(convforge_cuda_run(module, &args, nullptr), CONVFORGE_OK);
  const std::string log = fake_cuda_log() + before;
  for (const char *word : {"allocate", "free", "device", "host", "wait", "load", "function"})
    EXPECT_EQ(log.find(word), std::string::npos) << log;
}

TEST_F(Launcher, ChoosesTheBestVariantThatTheDeviceRuns) {
  fake_cuda_reset(90);
  ASSERT_EQ(load(), CONVFORGE_OK);
  EXPECT_EQ(std::string(fake_cuda_log()).substr(0, 9), "load ELF\n");
  convforge_cuda_unload(module);
  fake_cuda_reset(86); // 8.0's machine code runs there
  ASSERT_EQ(load(), CONVFORGE_OK);
  EXPECT_EQ(std::string(fake_cuda_log()).substr(0, 9), "load ELF\n");
  convforge_cuda_unload(module);
  fake_cuda_reset(120); // of another generation: PTX
  ASSERT_EQ(load(), CONVFORGE_OK);
  EXPECT_EQ(std::string(fake_cuda_log()).substr(0, 10), "load PTX9\n");
  convforge_cuda_unload(module);
  fake_cuda_reset(75);
  EXPECT_EQ(load(), CONVFORGE_ERROR_TARGET);
  EXPECT_EQ(module, nullptr);
}

// What is not as cuda.h says does not reach a call, which has room for CONVFORGE_MAX_VIEWS addresses.
TEST_F(Launcher, MalformedDescriptorsAreNotLoaded) {
  struct Made {
    convforge_view views[4];
    std::int32_t arguments[4];
    convforge_kernel kernel;
    convforge_cuda_launch launch;
    convforge_cuda_variant variant;
  };
  const std::vector<void (*)(Made &)> faults = {
      [](Made &m) { m.kernel.abi_version++; },
      [](Made &m) { m.kernel.operand_count = 2; },
      [](Made &m) { m.kernel.operand_count = CONVFORGE_MAX_OPERANDS + 1; },
      [](Made &m) { m.kernel.operands = nullptr; },
      [](Made &m) { m.kernel.view_count = -1; },
      [](Made &m) { m.kernel.view_count = CONVFORGE_MAX_VIEWS + 1; },
      [](Made &m) { m.variant.kernel = nullptr; },
      [](Made &m) { m.variant.launch_count = 0; },
      [](Made &m) { m.variant.launch_count = CONVFORGE_CUDA_MAX_LAUNCHES + 1; },
      [](Made &m) { m.launch.view_count = -1; },
      [](Made &m) { m.launch.view_count = CONVFORGE_MAX_VIEWS + 1; },
      [](Made &m) { m.arguments[2] = -1; },
      [](Made &m) { m.arguments[2] = 4; },
      [](Made &m) { m.views[1].operand = -1; },
      [](Made &m) { m.views[1].operand = 4; }};
  for (std::size_t i = 0; i <= faults.size(); ++i) {
    Made made{{views[0], views[1], views[2], views[3]},
              {arguments[0], arguments[1], arguments[2], arguments[3]},
              kernel,
              launch,
              variants[1]};
    made.kernel.views = made.views;
    made.launch.views = made.arguments;
    made.variant.kernel = &made.kernel;
    made.variant.launches = &made.launch;
    const convforge_cuda_kernel given{CONVFORGE_ABI_VERSION, 1, &made.variant};
    if (i < faults.size())
      faults[i](made);
    EXPECT_EQ(convforge_cuda_load(&given, &module), i < faults.size() ? CONVFORGE_ERROR_ABI : CONVFORGE_OK)
        << "fault " << i;
    convforge_cuda_unload(module);
    module = nullptr;
  }
}

TEST_F(Launcher, RefusedMachineCodeFallsBackToPtx) {
  fake_cuda_refuse_image("\177ELF");
  ASSERT_EQ(load(), CONVFORGE_OK);
  EXPECT_EQ(std::string(fake_cuda_log()).substr(0, 27), "load ELF refused\nload PTX8\n");
}

TEST_F(Launcher, EveryFailureOfLoadingIsNamedAndLeavesNothing) {
  const std::vector<std::pair<const char *, std::pair<int, int>>> failures = {
      {"cuInit", {100, CONVFORGE_ERROR_NO_CUDA}},
      {"cuCtxGetCurrent", {3, CONVFORGE_ERROR_CONTEXT}},
      {"cuCtxGetDevice", {201, CONVFORGE_ERROR_CONTEXT}},
      {"cuModuleLoadData", {2, CONVFORGE_ERROR_MEMORY}},
      {"cuModuleLoadData", {200, CONVFORGE_ERROR_IMAGE}},
      {"cuModuleLoadData", {218, CONVFORGE_ERROR_IMAGE}},
      {"cuModuleGetFunction", {500, CONVFORGE_ERROR_IMAGE}}};
  for (const auto &[function, codes] : failures) {
    fake_cuda_reset(80);
    fake_cuda_fail(function, codes.first);
    EXPECT_EQ(load(), codes.second) << function << " " << codes.first;
    EXPECT_EQ(module, nullptr);
  }
  EXPECT_NE(std::string(fake_cuda_log()).find("unload 0x111"), std::string::npos);
  fake_cuda_reset(80);
  fake_cuda_context(nullptr);
  EXPECT_EQ(load(), CONVFORGE_ERROR_CONTEXT);
}

TEST_F(Launcher, NoDriverIsAnErrorNotACrash) {
  setenv("CONVFORGE_CUDA_DRIVER", "/nonexistent/libcuda.so", 1);
  EXPECT_EQ(load(), CONVFORGE_ERROR_NO_CUDA);
  EXPECT_STREQ(convforge_status_text(CONVFORGE_ERROR_NO_CUDA),
               "the CUDA driver is not installed, or finds no GPU");
}

TEST_F(Launcher, LaunchFailuresAreNamed) {
  ASSERT_EQ(load(), CONVFORGE_OK);
  DeviceTensors t;
  const convforge_args args = t.args();
  for (const auto &[code, status] : {std::pair{719, CONVFORGE_ERROR_LAUNCH},
                                     {701, CONVFORGE_ERROR_LAUNCH},
                                     {2, CONVFORGE_ERROR_MEMORY},
                                     {201, CONVFORGE_ERROR_CONTEXT},
                                     {709, CONVFORGE_ERROR_CONTEXT}}) {
    fake_cuda_fail("cuLaunchKernel", code);
    EXPECT_EQ(convforge_cuda_run(module, &args, nullptr), status) << code;
  }
  fake_cuda_fail("cuLaunchKernel", 0);
  EXPECT_EQ(convforge_cuda_run(module, &args, nullptr), CONVFORGE_OK);
}

TEST_F(Launcher, WrongArgumentsLaunchNothing) {
  ASSERT_EQ(load(), CONVFORGE_OK);
  DeviceTensors t;
  const std::size_t before = std::strlen(fake_cuda_log());
  const convforge_args args = t.args();
  t.at[2] = nullptr;
  EXPECT_EQ(convforge_cuda_run(module, &args, nullptr), CONVFORGE_ERROR_NULL);
  t.at[2] = t.bias, t.at[0] = t.input + 4;
  EXPECT_EQ(convforge_cuda_run(module, &args, nullptr), CONVFORGE_ERROR_MISALIGNED);
  t.at[0] = t.input, t.at[3] = t.input;
  EXPECT_EQ(convforge_cuda_run(module, &args, nullptr), CONVFORGE_ERROR_OVERLAP);
  EXPECT_EQ(convforge_cuda_run(module, nullptr, nullptr), CONVFORGE_ERROR_NULL);
  EXPECT_EQ(convforge_cuda_run(nullptr, &args, nullptr), CONVFORGE_ERROR_NULL);
  EXPECT_EQ(std::strlen(fake_cuda_log()), before);
}

TEST_F(Launcher, TheCpusCallRefusesGpuKernels) {
  DeviceTensors t;
  const convforge_args args = t.args();
  EXPECT_EQ(convforge_run(&kernel, &args), CONVFORGE_ERROR_TARGET);
}

TEST_F(Launcher, ManyThreadsLoadOnceAndUseTheirOwnStreams) {
  static convforge_cuda_modules modules;
  std::vector<std::thread> threads;
  std::array<int, 16> status{};
  for (std::size_t i = 0; i < status.size(); ++i)
    threads.emplace_back([&, i] {
      DeviceTensors t;
      const convforge_args args = t.args();
      const convforge_cuda_module *here = nullptr;
      status[i] = convforge_cuda_module_here(&cuda, &modules, &here);
      if (status[i] == CONVFORGE_OK)
        status[i] = convforge_cuda_run(here, &args, reinterpret_cast<convforge_cuda_stream>(0x1000 + i));
    });
  for (std::thread &thread : threads)
    thread.join();
  for (const int one : status)
    EXPECT_EQ(one, CONVFORGE_OK);
  const std::string log = fake_cuda_log();
  EXPECT_EQ(log.find("load"), log.rfind("load")) << log;
  for (int i = 0; i < 16; ++i) {
    char stream[32];
    snprintf(stream, sizeof stream, "stream 0x%x", 0x1000 + i);
    EXPECT_NE(log.find(stream), std::string::npos) << stream;
  }
  convforge_cuda_unload_here(&modules);
  EXPECT_EQ(loaded_now(), 0);
}

TEST_F(Launcher, EachContextHasItsOwnModule) {
  static convforge_cuda_modules modules;
  const convforge_cuda_module *first = nullptr, *second = nullptr, *again = nullptr;
  int contexts[2];
  fake_cuda_context(&contexts[0]);
  ASSERT_EQ(convforge_cuda_module_here(&cuda, &modules, &first), CONVFORGE_OK);
  fake_cuda_context(&contexts[1]);
  ASSERT_EQ(convforge_cuda_module_here(&cuda, &modules, &second), CONVFORGE_OK);
  fake_cuda_context(&contexts[0]);
  ASSERT_EQ(convforge_cuda_module_here(&cuda, &modules, &again), CONVFORGE_OK);
  EXPECT_NE(first, second);
  EXPECT_EQ(first, again);
  convforge_cuda_unload_here(&modules);
  fake_cuda_context(&contexts[1]);
  convforge_cuda_unload_here(&modules);
  EXPECT_EQ(loaded_now(), 0);
}

// Calls in other contexts walk the list without a lock: what they may be looking at is never freed.
TEST_F(Launcher, UnloadingKeepsTheListAndLoadingReusesIt) {
  static convforge_cuda_modules modules;
  const convforge_cuda_module *here = nullptr;
  int contexts[3];
  for (int &context : contexts) {
    fake_cuda_context(&context);
    ASSERT_EQ(convforge_cuda_module_here(&cuda, &modules, &here), CONVFORGE_OK);
  }
  const convforge_cuda_module *const first = modules.first;
  for (int &context : contexts) {
    fake_cuda_context(&context);
    convforge_cuda_unload_here(&modules);
    convforge_cuda_unload_here(&modules); // nothing is left to unload
  }
  EXPECT_EQ(loaded_now(), 0);
  EXPECT_EQ(modules.first, first);
  for (int &context : contexts) {
    fake_cuda_context(&context);
    ASSERT_EQ(convforge_cuda_module_here(&cuda, &modules, &here), CONVFORGE_OK);
    DeviceTensors t;
    const convforge_args args = t.args();
    EXPECT_EQ(convforge_cuda_run(here, &args, nullptr), CONVFORGE_OK);
  }
  EXPECT_EQ(modules.first, first);
  EXPECT_EQ(loaded_now(), 3);
  for (int &context : contexts) {
    fake_cuda_context(&context);
    convforge_cuda_unload_here(&modules);
  }
}

// For the thread sanitizer, too.
TEST_F(Launcher, ContextsAreUnloadedWhileOthersAreUsed) {
  static convforge_cuda_modules modules;
  std::array<int, 4> contexts{};
  std::array<std::thread, 4> threads;
  for (std::size_t i = 0; i < threads.size(); ++i)
    threads[i] = std::thread([&contexts, i] {
      fake_cuda_thread_context(&contexts[i]);
      DeviceTensors t;
      const convforge_args args = t.args();
      for (int round = 0; round < 20; ++round) {
        const convforge_cuda_module *here = nullptr;
        EXPECT_EQ(convforge_cuda_module_here(&cuda, &modules, &here), CONVFORGE_OK);
        EXPECT_EQ(convforge_cuda_run(here, &args, nullptr), CONVFORGE_OK);
        if (i % 2 == 0)
          convforge_cuda_unload_here(&modules);
      }
      convforge_cuda_unload_here(&modules);
    });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(loaded_now(), 0);
}

} // namespace
