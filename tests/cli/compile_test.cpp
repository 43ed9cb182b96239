#include "error_of.hpp"
#include "hang_limit.hpp"
#include "program.hpp"

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>

#include <sys/resource.h>

using namespace convforge;
using Names = std::vector<std::string>;

namespace {

std::string read(const std::string &path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Compile, WritesWhatIsAskedFor) {
  const ScratchDirectory out;
  output_of("compile --problem ic3ih3oc1kh2 --name conv1 --target x86-64-sse41,x86-64-avx2 --emit " +
            std::string("object,header,source,static,asm,stmt --out ") + (out / ""));
  EXPECT_EQ(out.names(), (Names{"conv1.c", "conv1.h", "conv1_x86-64-avx2.o", "conv1_x86-64-avx2.s",
                                "conv1_x86-64-avx2.stmt", "conv1_x86-64-sse41.o", "conv1_x86-64-sse41.s",
                                "conv1_x86-64-sse41.stmt", "libconv1.a"}));
  EXPECT_EQ(read(out / "libconv1.a").substr(0, 8), "!<arch>\n");
}

TEST(Compile, GivesTheSameBytesAgain) {
  const ScratchDirectory first, second;
  for (const ScratchDirectory *out : {&first, &second})
    output_of(
        "compile --problem ic5ih6oc7kh3ph1 --target x86-64-avx2 --emit object,header,source,static --out " +
        (*out / ""));
  ASSERT_EQ(first.names(), second.names());
  ASSERT_EQ(first.names().size(), 4u);
  for (const std::string &name : first.names())
    EXPECT_EQ(read(first / name), read(second / name)) << name;
}

TEST(Compile, MakesTheDirectory) {
  const ScratchDirectory out;
  output_of("compile --problem ic3ih3oc1kh2 --emit header --out " + (out / "a/b"));
  EXPECT_TRUE(std::filesystem::exists(out / "a/b/conv.h"));
}

TEST(Compile, WritesNothingOnError) {
  const ScratchDirectory out, in;
  write_npy(in / "w.npy", {2, 2, 3, 2}, std::vector<float>(24));
  write_npy(in / "oihw.npy", {4, 3, 2, 2}, std::vector<float>(48));
  std::ofstream(in / "cut.npy") << read(in / "w.npy").substr(0, 100);
  std::ofstream(in / "file") << "";
  const std::string compile = "compile --problem ic3ih3oc4kh2 --out " + (out / "") + " ";
  expect_error(compile + "--weights " + (in / "w.npy"), "(2, 2, 3, 2) (expected (2, 2, 3, 4)");
  expect_error(compile + "--weights " + (in / "oihw.npy"), "add --weights-layout oihw");
  expect_error(compile + "--weights " + (in / "cut.npy"), "cut.npy");
  expect_error(compile + "--weights " + (in / "none.npy"), "none.npy");
  expect_error(compile + "--bias " + (in / "w.npy"), "no bias");
  expect_error(compile + "--emit ptx", "for a CPU");
  expect_usage_error(compile + "--emit object,poem", "poem");
  for (const char *name :
       {"3conv", "int", "int32_t", "printf", "memcpy", "main", "class", "_x", "convforge_x"})
    expect_usage_error(compile + "--name " + name, name);
  expect_usage_error(compile + "--target x86-64-avx2,vax", "vax");
  EXPECT_EQ(out.names(), Names());
  expect_error("compile --problem ic3ih3oc4kh2 --out " + (in / "file/x"), "--out");
}

TEST(Compile, ADryRunSaysWhatIsWrongAndWritesNothing) {
  const ScratchDirectory out;
  const std::string dry = "compile --dry-run --out " + (out / "new") + " ";
  EXPECT_EQ(output_of(dry + "--problem ic3ih8oc4kh3 --epilogue bias --bias " + (out / "later.npy")), "");
  EXPECT_EQ(output_of(dry + "--problem ic3ih8oc4kh3 --target cuda-sm80"), "");
  expect_error(dry + "--problem ic3ih8oc4kh3 --bias " + (out / "later.npy"), "no bias");
  expect_error(dry + "--problem ic3ih8oc4kh3sh2 --algorithm pointwise", "pointwise");
  expect_error(dry + "--problem ic3ih8oc4kh3 --dtype f16 --target x86-64-sse41", "f16");
  expect_error(dry + "--problem ic3id8ih8oc4kd3kh3 --target cuda-sm80", "id");
  EXPECT_EQ(out.names(), Names());
}

std::vector<std::string> contents(const ScratchDirectory &directory) {
  std::vector<std::string> all;
  for (const std::string &name : directory.names())
    all.push_back(read(directory / name));
  return all;
}

// No file may grow beyond a limit, which children inherit: a full disk for the object, not yet for the
// header.
TEST(Compile, AFullDiskLeavesTheFilesOfTheTimeBefore) {
  const ScratchDirectory out;
  const std::string to = " --target x86-64-avx2 --emit header,source,object --out " + (out / "");
  output_of("compile --problem ic3ih3oc1kh2" + to);
  const std::vector<std::string> before = contents(out);
  ASSERT_EQ(before.size(), 3u);
  rlimit old = {};
  getrlimit(RLIMIT_FSIZE, &old);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit = {rlim_t{read(out / "conv.h").size() + 512}, old.rlim_max};
  setrlimit(RLIMIT_FSIZE, &limit);
  expect_error("compile --problem ic33ih30oc41kh3ph1 --epilogue bias" + to, "File too large");
  setrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(contents(out), before);
}

TEST(Compile, ANameThatCannotBeReplacedStopsAllOfThem) {
  const ScratchDirectory out;
  std::filesystem::create_directory(out / "conv.h");
  expect_error("compile --problem ic3ih3oc1kh2 --emit source,header,object --out " + (out / ""), "conv.h");
  EXPECT_EQ(out.names(), Names{"conv.h"});
}

TEST(Compile, TellsAConversionFromFloat64) {
  const ScratchDirectory in, out;
  const auto save = [&](double weight) {
    std::string text = "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1, 1, 1), }\n";
    std::ofstream(in / "w.npy", std::ios::binary)
        << std::string("\x93NUMPY\x01\0", 8) << static_cast<char>(text.size()) << '\0' << text
        << std::string(reinterpret_cast<const char *>(&weight), sizeof weight);
  };
  const std::string compile =
      "compile --problem ic1ih3oc1kh1 --emit object --weights " + (in / "w.npy") + " --out " + (out / "");
  save(0.1);
  expect_error(compile, "element 0 is 0.1, which float32 would round");
  EXPECT_EQ(out.names(), Names());
  save(0.5);
  const ProcessResult result = run_convforge(compile);
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_NE(result.errors.find("w.npy: float64, converted to float32"), std::string::npos) << result.errors;
}

// Multipliers and bias of 8-bit integers are packed with the weights: constants together or not at all.
TEST(Compile, PacksConstantsOfEightBitsTogether) {
  const ScratchDirectory out, in;
  write_npy(in / "w.npy", {2, 2, 3, 1}, std::vector<float>(12, 1), ElementType::s8);
  write_npy(in / "m.npy", {1}, {0.5}, ElementType::f64);
  write_npy(in / "b.npy", {1}, {7}, ElementType::s32);
  const std::string line =
                        "compile --problem ic3ih3oc1kh2 --dtype u8:s8:u8 --epilogue bias --out " + (out / ""),
                    weights = " --weights " + (in / "w.npy"),
                    multipliers = " --multipliers " + (in / "m.npy"), bias = " --bias " + (in / "b.npy");
  expect_error(line + weights, "--multipliers: missing");
  expect_error(line + weights + multipliers, "--bias: missing");
  expect_error(line + multipliers, "--multipliers: without --weights");
  expect_error(line + bias, "--bias: without --weights");
  EXPECT_TRUE(out.names().empty());
  output_of(line + " --emit object,header,source" + weights + multipliers + bias);
  const std::string header = read(out / "conv.h");
  EXPECT_TRUE(contains(header, "Constants of this library: weights, multipliers, bias."));
  EXPECT_TRUE(contains(header, "int conv(const uint8_t *input, uint8_t *output, void *workspace);"));
}

TEST(Compile, SaysWhenThereIsNoCompiler) {
  const ScratchDirectory out;
  setenv("CC", "no-such-compiler", 1);
  expect_error("compile --problem ic3ih3oc1kh2 --emit static,object --out " + (out / ""), "no-such-compiler");
  unsetenv("CC");
  EXPECT_EQ(out.names(), Names());
}

TEST(Compile, SaysWhenThereIsNoTemporaryDirectory) {
  const ScratchDirectory out;
  setenv("TMPDIR", "/no such directory", 1);
  expect_error("compile --problem ic3ih3oc1kh2 --emit static --out " + (out / ""), "TMPDIR");
  unsetenv("TMPDIR");
  EXPECT_EQ(out.names(), Names());
}

/// Builds a C program against libconv1.a and the runtime and answers what it prints.
std::string build_and_run(const ScratchDirectory &directory, const std::string &program) {
  std::ofstream(directory / "main.c") << program;
  const ProcessResult built = run_process(
      {"cc", "-std=c11", "-Wall", "-Werror", "-I" INCLUDE, "-I" + (directory / ""), directory / "main.c",
       directory / "libconv1.a", RUNTIME, "-lpthread", "-o", directory / "main"},
      "", hang_limit);
  EXPECT_EQ(built.exit_code, 0) << built.errors;
  const ProcessResult ran = run_process({directory / "main"}, "", hang_limit);
  EXPECT_EQ(ran.exit_code, 0) << ran.errors;
  return ran.output;
}

// The seed case through the static library, with weights and bias as constants: 4 * 10101 - 4.
TEST(Compile, StaticLibraryWithConstantsRuns) {
  const ScratchDirectory out;
  write_npy(out / "w.npy", {2, 2, 3, 1}, std::vector<float>(12, 1));
  write_npy(out / "b.npy", {1}, {-4});
  output_of("compile --problem ic3ih3oc1kh2 --epilogue bias,relu --name conv1 --emit header,static --target "
            "host --weights " +
            (out / "w.npy") + " --bias " + (out / "b.npy") + " --out " + (out / ""));
  const std::string printed = build_and_run(out, R"(#include "conv1.h"
#include <stdio.h>
int main(void) {
  float x[27], y[4];
  for (int i = 0; i < 27; i += 3) x[i] = 1, x[i + 1] = 100, x[i + 2] = 10000;
  int status = conv1(x, y, 0);
  printf("%d: %g %g %g %g", status, y[0], y[1], y[2], y[3]);
})");
  EXPECT_EQ(printed, "0: 40400 40400 40400 40400");
}

/// Runs cc, which must succeed.
void run_cc(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "cc");
  const ProcessResult built = run_process(arguments, "", hang_limit);
  EXPECT_EQ(built.exit_code, 0) << built.errors;
}

/// A shared library libNAME.so with the kernel conv1 of `problem` and a function NAME() that answers its
/// problem.
void build_plugin(const ScratchDirectory &directory, const std::string &name, const std::string &problem) {
  const std::string out = directory / name;
  output_of("compile --problem " + problem + " --name conv1 --target host --emit header,static --out " + out);
  std::ofstream(directory / (name + ".c"))
      << "#include \"conv1.h\"\nconst char *" << name << "(void) { return conv1_kernel()->problem; }\n";
  run_cc({"-shared", "-fPIC", "-I" INCLUDE, "-I" + out, directory / (name + ".c"), out + "/libconv1.a",
          RUNTIME, "-lm", "-lpthread", "-o", directory / ("lib" + name + ".so")});
}

// Of symbols that both export, the dynamic linker takes the first library's for everyone.
TEST(Compile, TwoSharedLibrariesHaveAKernelOfOneName) {
  const ScratchDirectory out;
  build_plugin(out, "first", "ic4ih6oc8kh3ph1");
  build_plugin(out, "second", "ic4ih60oc8kh3ph1");
  std::ofstream(out / "main.c") << R"(#include <stdio.h>
const char *first(void), *second(void);
int main(void) { printf("%s %s", first(), second()); })";
  run_cc({out / "main.c", out / "libfirst.so", out / "libsecond.so", "-o", out / "main"});
  const ProcessResult ran = run_process({out / "main"}, "", hang_limit);
  EXPECT_EQ(ran.exit_code, 0) << ran.errors;
  EXPECT_NE(ran.output.find("ih6iw6"), std::string::npos) << ran.output;
  EXPECT_NE(ran.output.find("ih60iw60"), std::string::npos) << ran.output;
}

TEST(Compile, TheCallsAreExportedWhereCCSaysSo) {
  const ScratchDirectory out;
  std::ofstream(out / "main.c") << "int conv1_workspace_size(int threads);\n"
                                   "int main(void) { return conv1_workspace_size(1) < 0; }\n";
  setenv("CC", "cc -fvisibility=default", 1);
  output_of("compile --problem ic3ih3oc1kh2 --name conv1 --target host --emit static --out " + (out / ""));
  unsetenv("CC");
  run_cc({"-shared", "-Wl,--whole-archive", out / "libconv1.a", "-Wl,--no-whole-archive", RUNTIME, "-lm",
          "-lpthread", "-o", out / "libshared.so"});
  run_cc({out / "main.c", out / "libshared.so", "-o", out / "main"});
}

// Every kind of operand, two of one: constants but for one bias, called from C11 and from C++17.
TEST(Compile, AnEpilogueOfManyOperandsRunsFromCAndCpp) {
  const ScratchDirectory out;
  write_npy(out / "w.npy", {1, 1, 2, 1}, {1, -1});
  write_npy(out / "b.npy", {1}, {4});
  write_npy(out / "s.npy", {1}, {3});
  write_npy(out / "p.npy", {1}, {-2});
  const std::string compile =
      "compile --problem ic2ih1oc1kh1 --epilogue bias,scale,prelu,affine:2:0.5,bias,residual "
      "--name conv1 --target host --out " +
      (out / "");
  const std::string constants = " --bias2 " + (out / "b.npy") + " --scale " + (out / "s.npy") + " --prelu " +
                                (out / "p.npy") + " --weights " + (out / "w.npy");
  output_of(compile + constants + " --emit header,static,object");
  for (const char *object : {"conv1_bias2.o", "conv1_scale.o", "conv1_prelu.o"})
    EXPECT_TRUE(std::filesystem::exists(out / object)) << object;
  // ((5 - 7 + bias) * 3) * -2 * 2 + 0.5 + 4 + residual, bias -1, residual 100
  const std::string program = R"(#include "conv1.h"
#include <stdio.h>
int main(void) {
  const float x[2] = {5, 7}, bias[CONV1_BIAS_ELEMENTS] = {-1}, residual[CONV1_RESIDUAL_ELEMENTS] = {100};
  float y[CONV1_OUTPUT_ELEMENTS];
  int status = conv1(x, bias, residual, y, 0);
  printf("%d: %g of %d, bias2 is %d", status, y[0], conv1_kernel()->operand_count,
         convforge_find_operand(conv1_kernel(), "bias2"));
})";
  EXPECT_EQ(build_and_run(out, program), "0: 140.5 of 8, bias2 is 5");
  expect_error(compile + " --scale2 " + (out / "s.npy"), "has no scale2");
  expect_error(compile + " --scale " + (out / "w.npy"), "--scale");
}

} // namespace
