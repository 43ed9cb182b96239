// Builds what is emitted, as a user's build would, and calls it.
#include "equal_descriptors.hpp"
#include "fixture.hpp"

#include "artefact/kernel_description.hpp"
#include "base/error.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

#include <dlfcn.h>

namespace convforge {
namespace {

using test::expect_equal;
using test::run;
using test::working_artefact;
using test::working_quantised_artefact;
using test::write_text;

/// The kernel's library as a shared object in this process.
class Loaded {
public:
  Loaded(std::span<const Artefact> variants, const Constants &constants) {
    test::build_library(directory_.path(), variants, constants);
    const std::string name = variants.front().name;
    const test::CommandResult built =
        run(directory_.path(),
            fmt::format("$CC -shared -Wl,--whole-archive lib{0}.a -Wl,--no-whole-archive $RUNTIME "
                        "-pthread -o lib{0}.so",
                        name));
    if (built.status != 0)
      throw Error(built.output);
    handle_ = dlopen((directory_.path() / ("lib" + name + ".so")).c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!handle_)
      throw Error(dlerror());
  }
  Loaded(const Loaded &) = delete;
  Loaded &operator=(const Loaded &) = delete;
  ~Loaded() {
    if (handle_)
      dlclose(handle_);
  }
  template <typename Function>
  Function *function(const char *name) const {
    return reinterpret_cast<Function *>(dlsym(handle_, name));
  }

private:
  test::ScratchDirectory directory_;
  void *handle_ = nullptr;
};

/// `artefact`'s numbers and texts with the object of a kernel that can be linked.
Artefact linkable(Artefact artefact) {
  const Artefact working = working_artefact(artefact.name, std::string(artefact.target.name), "");
  artefact.target.cpu_features = 0;
  artefact.object = working.object;
  return artefact;
}

TEST(GeneratedLibrary, CarriesTheDescriptorThatALoaderMaterialises) {
  for (const char *epilogue : {"bias,residual,leaky_relu:0.1", ""}) {
    const Artefact artefact = linkable(test::sample_artefact(find_target("x86-64-sse41"), epilogue));
    const Loaded library({&artefact, 1}, {});
    const convforge_kernel *kernel = library.function<const convforge_kernel *()>("conv1_kernel")();
    ASSERT_NE(kernel, nullptr);
    const KernelDescription description(artefact);
    expect_equal(*kernel, description.materialise(nullptr));
    EXPECT_EQ(kernel->function, library.function<int(void **)>("conv1_x86_64_sse41"));
    for (int i = 0; i < kernel->operand_count; ++i)
      EXPECT_EQ(kernel->operands[i].constant, nullptr);
  }
}

TEST(GeneratedLibrary, CarriesTheDescriptorOfQuantisedKernels) {
  Artefact artefact = working_artefact("conv1", "x86-64-sse41", "");
  artefact.problem =
      Problem::parse("g2ic6ih5oc10kh3",
                     {.epilogue = "bias,residual:0.7:3,relu", .dtype = "s8:s8:s8", .zero_points = "-9:4"});
  artefact.pack = pack_layout(artefact.problem, {.type = ElementType::s16,
                                                 .regions = {{.channels = 5, .lanes = 8}},
                                                 .dot = {.elements = 2, .run_columns = 3, .offset = 128}});
  const Loaded library({&artefact, 1}, {});
  const KernelDescription description(artefact);
  expect_equal(*library.function<const convforge_kernel *()>("conv1_kernel")(),
               description.materialise(nullptr));
}

TEST(GeneratedLibrary, CarriesTheDescriptorOfPieces) {
  Artefact artefact = working_artefact("conv1", "x86-64-sse41", "");
  artefact.problem = Problem::parse("transposed_ic8ih5oc16kh3sh2ph1");
  Plan piece;
  piece.regions = {{.channels = 16, .block = 8, .lanes = 8, .tile_w = 1, .tile_h = 1}};
  artefact.plan.pieces.assign(4, piece);
  artefact.pack = pack_layout(artefact.problem, artefact.plan);
  const Loaded library({&artefact, 1}, {});
  const KernelDescription description(artefact);
  const convforge_kernel &kernel = *library.function<const convforge_kernel *()>("conv1_kernel")();
  expect_equal(kernel, description.materialise(nullptr));
  int pieces = 0;
  for (const convforge_pack *pack = &kernel.pack; pack != nullptr; pack = pack->next)
    ++pieces;
  EXPECT_EQ(pieces, 4);
  EXPECT_LT(kernel.pack.next->source.tap[CONVFORGE_WIDTH], 0); // taps are taken backwards
}

TEST(GeneratedLibrary, FirstUseFromManyThreadsAgrees) {
  const std::vector<Artefact> variants = {working_artefact("conv1", "x86-64-avx2", ""),
                                          working_artefact("conv1", "x86-64-sse41", "")};
  const Loaded library(variants, {});
  auto *kernel = library.function<const convforge_kernel *()>("conv1_kernel");
  auto *reason = library.function<const char *()>("conv1_reason");
  struct Answer {
    const convforge_kernel *kernel;
    std::string reason;
    const char *address;
  };
  std::vector<Answer> answers(16);
  std::vector<std::thread> threads;
  for (Answer &answer : answers)
    threads.emplace_back([&] {
      answer.kernel = kernel();
      answer.address = reason();
      answer.reason = answer.address;
    });
  for (std::thread &thread : threads)
    thread.join();
  for (const Answer &answer : answers) {
    EXPECT_EQ(answer.kernel, kernel());
    EXPECT_EQ(answer.address, reason());
    EXPECT_EQ(answer.reason, answers.front().reason);
  }
  EXPECT_STREQ(kernel()->target, "x86-64-avx2"); // the first of the variants
  EXPECT_FALSE(answers.front().reason.empty());
}

TEST(GeneratedLibrary, ForcedToAnImpossibleTargetItSaysSo) {
  setenv("CONVFORGE_TARGET", "x86-64-avx2", 1);
  const Artefact artefact = working_artefact("conv1", "x86-64-sse41", "");
  const Loaded library({&artefact, 1}, {});
  EXPECT_EQ(library.function<const convforge_kernel *()>("conv1_kernel")(), nullptr);
  unsetenv("CONVFORGE_TARGET");
  EXPECT_NE(std::string(library.function<const char *()>("conv1_reason")()), "");
  EXPECT_EQ(library.function<size_t()>("conv1_packed_size")(), 0u);
  EXPECT_EQ(library.function<size_t(int)>("conv1_workspace_size")(1), 0u);
  EXPECT_EQ(library.function<int(const float *, void *)>("conv1_pack")(nullptr, nullptr),
            CONVFORGE_ERROR_TARGET);
  using Call = int(const float *, const void *, float *, void *);
  EXPECT_EQ(library.function<Call>("conv1")(nullptr, nullptr, nullptr, nullptr), CONVFORGE_ERROR_TARGET);
}

/// Builds `statements`, which may return a number for what is wrong, as C11 and as C++17 into one program,
/// and runs it.
void expect_program_works(const test::ScratchDirectory &directory, const std::string &name,
                          const std::string &statements) {
  const std::string body = fmt::format(R"(
#include "{0}.h"
#include <stdlib.h>
#include <string.h>
static int test(void) {{
  float input[4] = {{1, 2, 3, 4}}, output[4] = {{0, 0, 0, 0}};
  void *workspace = aligned_alloc(64, {0}_workspace_size(3));
  convforge_pool *pool = convforge_pool_create(3);
  const convforge_threads threads = convforge_pool_threads(pool);
  {1}
  convforge_pool_destroy(pool);
  free(workspace);
  return 0;
}}
)",
                                       name, statements);
  write_text(directory.path() / "use_c.c", body + "int test_c(void);\nint test_c(void) { return test(); }\n");
  write_text(directory.path() / "use_cpp.cpp",
             body + "extern \"C\" int test_c(void);\n"
                    "int main() { return test() ? test() : test_c() ? 100 + test_c() : 0; }\n");
  const test::CommandResult built =
      run(directory.path(),
          fmt::format("$CC -std=c11 -Wall -Wextra -Wpedantic -Werror $INCLUDE -c use_c.c && "
                      "$CXX -std=c++17 -Wall -Wextra -Wpedantic -Werror $INCLUDE -c use_cpp.cpp && "
                      "$CXX use_cpp.o use_c.o lib{}.a $RUNTIME -pthread -o use",
                      name));
  ASSERT_EQ(built.status, 0) << built.output;
  const test::CommandResult result = run(directory.path(), "./use");
  EXPECT_EQ(result.status, 0) << result.output;
}

TEST(GeneratedLibrary, IsCalledFromCAndCpp) {
  const test::ScratchDirectory directory;
  const Artefact artefact = working_artefact("conv1", "x86-64-sse41", "bias,residual");
  test::build_library(directory.path(), {&artefact, 1}, {});
  expect_program_works(directory, "conv1", R"(
  const float weights[CONV1_WEIGHTS_ELEMENTS] = {10}, bias[CONV1_BIAS_ELEMENTS] = {0.5f};
  const float residual[CONV1_RESIDUAL_ELEMENTS] = {100, 200, 300, 400};
  const float expected[CONV1_OUTPUT_ELEMENTS] = {110.5f, 220.5f, 330.5f, 440.5f};
  if (conv1_packed_size() != 128 || conv1_workspace_size(1) != 64 || conv1_workspace_size(3) != 192) return 1;
  void *packed = aligned_alloc(64, conv1_packed_size());
  if (conv1_pack(weights, packed) != CONVFORGE_OK) return 2;
  if (conv1(input, packed, bias, residual, output, workspace) != CONVFORGE_OK) return 3;
  if (memcmp(output, expected, sizeof expected) != 0) return 4;
  memset(output, 0, sizeof output);
  if (conv1_threaded(input, packed, bias, residual, output, workspace, &threads) != CONVFORGE_OK) return 5;
  if (memcmp(output, expected, sizeof expected) != 0) return 6;
  if (conv1(input, packed, bias, NULL, output, workspace) != CONVFORGE_ERROR_NULL) return 7;
  if (conv1(input, packed, bias, input, input, workspace) != CONVFORGE_ERROR_OVERLAP) return 8;
  if (strcmp(conv1_kernel()->name, "conv1") != 0 || conv1_reason()[0] == '\0') return 9;
  free(packed);)");
}

std::vector<std::uint8_t> float_bytes(const std::vector<float> &values) {
  const auto *first = reinterpret_cast<const std::uint8_t *>(values.data());
  return {first, first + values.size() * sizeof(float)};
}

TEST(GeneratedLibrary, ConstantsNeedNoArguments) {
  const test::ScratchDirectory directory;
  const std::vector<Artefact> variants = {working_artefact("edges", "x86-64-avx2", "bias"),
                                          working_artefact("edges", "x86-64-sse41", "bias")};
  // Each variant has weights of its own: the call shows which were taken.
  const Constants constants{{test::packed_weight(variants[0], 3), test::packed_weight(variants[1], 4)},
                            {{"bias", float_bytes({0.25f})}}};
  test::build_library(directory.path(), variants, constants);
  expect_program_works(directory, "edges", R"(
  const float expected[4] = {3.25f, 6.25f, 9.25f, 12.25f};
  if (edges(input, output, workspace) != CONVFORGE_OK) return 1;
  if (memcmp(output, expected, sizeof expected) != 0) return 2;
  if (edges_threaded(input, output, workspace, &threads) != CONVFORGE_OK) return 3;
  if (memcmp(output, expected, sizeof expected) != 0) return 4;
  const convforge_kernel *kernel = edges_kernel();
  if (convforge_weights(kernel)->constant == NULL || kernel->operands[2].constant == NULL) return 5;)");
}

TEST(GeneratedLibrary, ConstantWeightsLeaveTheBiasAnArgument) {
  const test::ScratchDirectory directory;
  const Artefact artefact = working_artefact("conv1", "x86-64-sse41", "bias");
  test::build_library(directory.path(), {&artefact, 1}, {{test::packed_weight(artefact, 2)}, {}});
  expect_program_works(directory, "conv1", R"(
  const float bias[CONV1_BIAS_ELEMENTS] = {1};
  if (conv1(input, bias, output, workspace) != CONVFORGE_OK || output[3] != 9) return 1;
  if (conv1_threaded(input, bias, output, workspace, &threads) != CONVFORGE_OK) return 2;)");
}

// (x - 100) * 3 + 20, a quarter of it, and 7.
TEST(GeneratedLibrary, QuantisedKernelsPackMultipliersAndBias) {
  const test::ScratchDirectory directory;
  const Artefact artefact = working_quantised_artefact("conv1", "x86-64-sse41");
  test::build_library(directory.path(), {&artefact, 1}, {});
  expect_program_works(directory, "conv1", R"(
  const int8_t weights[CONV1_WEIGHTS_ELEMENTS] = {3};
  double multipliers[CONV1_MULTIPLIERS_ELEMENTS] = {0.25};
  const int32_t bias[CONV1_BIAS_ELEMENTS] = {20};
  const uint8_t bytes[CONV1_INPUT_ELEMENTS] = {100, 102, 110, 255};
  const uint8_t expected[CONV1_OUTPUT_ELEMENTS] = {12, 14, 20, 128};
  uint8_t results[CONV1_OUTPUT_ELEMENTS] = {0};
  void *packed = aligned_alloc(64, conv1_packed_size());
  if (conv1_pack(weights, multipliers, bias, packed) != CONVFORGE_OK) return 1;
  if (conv1(bytes, packed, results, workspace) != CONVFORGE_OK) return 2;
  if (memcmp(results, expected, sizeof expected) != 0) return 3;
  memset(results, 0, sizeof results);
  if (conv1_threaded(bytes, packed, results, workspace, &threads) != CONVFORGE_OK) return 4;
  if (memcmp(results, expected, sizeof expected) != 0) return 5;
  if (conv1_pack(weights, NULL, bias, packed) != CONVFORGE_ERROR_NULL) return 6;
  if (conv1_pack(weights, multipliers, NULL, packed) != CONVFORGE_ERROR_NULL) return 7;
  multipliers[0] = -1;
  if (conv1_pack(weights, multipliers, bias, packed) != CONVFORGE_ERROR_MULTIPLIER) return 8;
  if (convforge_pack_weights(conv1_kernel(), weights, packed) != CONVFORGE_ERROR_NULL) return 9;
  (void)input, (void)output;
  free(packed);)");
}

TEST(GeneratedLibrary, ConstantWeightsHoldMultipliersAndBias) {
  const test::ScratchDirectory directory;
  const Artefact artefact = working_quantised_artefact("conv1", "x86-64-sse41");
  test::build_library(directory.path(), {&artefact, 1}, {{test::packed_weight(artefact, 3, 0.25, 20)}, {}});
  expect_program_works(directory, "conv1", R"(
  const uint8_t bytes[CONV1_INPUT_ELEMENTS] = {100, 102, 110, 255};
  const uint8_t expected[CONV1_OUTPUT_ELEMENTS] = {12, 14, 20, 128};
  uint8_t results[CONV1_OUTPUT_ELEMENTS] = {0};
  if (conv1(bytes, results, workspace) != CONVFORGE_OK) return 1;
  if (memcmp(results, expected, sizeof expected) != 0) return 2;
  if (conv1_threaded(bytes, results, workspace, &threads) != CONVFORGE_OK) return 3;
  (void)input, (void)output;)");
}

// Names that the generated source itself uses for something.
TEST(GeneratedLibrary, BuildsUnderAnyFreeName) {
  for (const char *name : {"input", "output", "kernel", "args", "own", "weights", "workspace", "arguments",
                           "operands", "packed"}) {
    const test::ScratchDirectory directory;
    const Artefact artefact = working_artefact(name, "x86-64-sse41", "bias,residual");
    EXPECT_NO_THROW(test::build_library(directory.path(), {&artefact, 1}, {})) << name;
  }
  for (const char *name : {"multipliers", "bias", "packed", "operands", "weights"}) {
    const test::ScratchDirectory directory;
    const Artefact artefact = working_quantised_artefact(name, "x86-64-sse41");
    EXPECT_NO_THROW(test::build_library(directory.path(), {&artefact, 1}, {})) << name;
  }
}

} // namespace
} // namespace convforge
