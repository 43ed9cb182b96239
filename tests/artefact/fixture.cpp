#include "fixture.hpp"

#include "artefact/kernel_description.hpp"
#include "base/error.hpp"
#include "problem/operand.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include <sys/wait.h>

namespace convforge::test {

namespace fs = std::filesystem;

CommandResult run(const fs::path &directory, const std::string &command) {
  const std::string script =
      fmt::format("cd '{}' && CC='{}' CXX='{}' AR='{}' NM='{}' RUNTIME='{}' INCLUDE='-I{}' && {{ {}; }} 2>&1",
                  directory.string(), CC, CXX, AR, NM, RUNTIME_LIBRARY, RUNTIME_INCLUDE, command);
  CommandResult result;
  FILE *pipe = popen(script.c_str(), "r");
  if (!pipe)
    throw Error("cannot run " + script);
  std::array<char, 4096> buffer;
  while (const std::size_t size = fread(buffer.data(), 1, buffer.size(), pipe))
    result.output.append(buffer.data(), size);
  const int status = pclose(pipe);
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 255;
  return result;
}

Artefact sample_artefact(const Target &target, const std::string &epilogue) {
  Artefact artefact;
  artefact.name = "conv1";
  artefact.symbol = "conv1_" + identifier(target);
  artefact.problem = Problem::parse("mb2g2ic6ih5iw7oc10oh3ow4kh3kw2sh2sw2ph1pw0n\"a label\"");
  artefact.problem.epilogue = Epilogue::parse(epilogue);
  artefact.target = target;
  artefact.plan.why =
      "because \"it\" fits: 50% of ?\?/ \\ registers */ /* and\ta tab, a newline\nand UTF-8 \xc3\xa9 1";
  artefact.pack = {.layout_id = 0xfedcba9876543210u,
                   .layout = "g2 [5/4][3][2][3][4]",
                   .type = artefact.problem.types.weights,
                   .groups = 2,
                   .kernel = {1, 3, 2},
                   .group_in = 3,
                   .group_out = 5,
                   .regions = {{64, 0, 4, 4}, {640, 4, 1, 1}},
                   .bytes = 1024};
  artefact.views = {{0, 8}, {1, 64}, {1, 640}, {2, 4}};
  artefact.workspace_shared_bytes = 128;
  artefact.workspace_thread_bytes = 192;
  artefact.code_bytes = 1736;
  return artefact;
}

namespace {

std::string kernel_source(const std::string &symbol, const Epilogue &epilogue) {
  std::string source = fmt::format("int {}(void **arguments) {{\n", symbol);
  int argument = 1;
  const auto pointer = [&](const char *type, const char *name) {
    source += fmt::format("  {} *{} = arguments[{}];\n", type, name, argument++);
  };
  pointer("const float", "input");
  pointer("const float", "weight");
  if (epilogue.count(EpilogueOp::Kind::bias) > 0)
    pointer("const float", "bias");
  if (epilogue.count(EpilogueOp::Kind::residual) > 0)
    pointer("const float", "residual");
  pointer("float", "output");
  return source +
         fmt::format(
             "  for (int i = 0; i < 4; ++i)\n    output[i] = input[i] * weight[0]{}{};\n  return 0;\n}}\n",
             epilogue.count(EpilogueOp::Kind::bias) > 0 ? " + bias[0]" : "",
             epilogue.count(EpilogueOp::Kind::residual) > 0 ? " + residual[i]" : "");
}

std::vector<std::uint8_t> compile_c(const std::string &source) {
  const ScratchDirectory directory;
  write_text(directory.path() / "kernel.c", source);
  const CommandResult result = run(directory.path(), "$CC -std=c11 -fPIC -O1 -c kernel.c");
  if (result.status != 0)
    throw Error(result.output);
  return bytes_of(read_text(directory.path() / "kernel.o"));
}

} // namespace

Artefact working_artefact(const std::string &name, const std::string &target, const std::string &epilogue) {
  Artefact artefact;
  artefact.name = name;
  artefact.target = find_target(target);
  artefact.target.cpu_features = 0;
  artefact.symbol = name + '_' + identifier(artefact.target);
  artefact.problem = Problem::parse("ic1ih2oc1oh2kh1");
  artefact.problem.epilogue = Epilogue::parse(epilogue);
  artefact.plan.why = "one multiplication a pixel";
  artefact.pack = {.layout_id = 42, .layout = "one weight", .regions = {{64, 0, 1, 1}}, .bytes = 128};
  for (int i = 0; i < static_cast<int>(operands(artefact.problem).size()); ++i)
    artefact.views.push_back({i, i == 1 ? std::size_t{64} : 0});
  artefact.workspace_thread_bytes = 64;
  artefact.object = compile_c(kernel_source(artefact.symbol, artefact.problem.epilogue));
  return artefact;
}

Artefact working_quantised_artefact(const std::string &name, const std::string &target) {
  Artefact artefact = working_artefact(name, target, "");
  artefact.problem =
      Problem::parse("ic1ih2oc1oh2kh1", {.epilogue = "bias", .dtype = "u8:s8:u8", .zero_points = "100:7"});
  const PackForm form{
      .type = ElementType::s8, .regions = {{.channels = 1, .lanes = 1}}, .dot = {.elements = 1}};
  artefact.pack = pack_layout(artefact.problem, form);
  const std::size_t tables = artefact.pack.regions[0].tables;
  artefact.views = {{0, 0}, {1, 64}, {1, tables}, {1, tables + 64}, {4, 0}};
  artefact.object = compile_c(fmt::format(R"(int {}(void **arguments) {{
  const unsigned char *input = arguments[1];
  const signed char *weight = arguments[2];
  const int *sum = arguments[3];
  const float *multiplier = arguments[4];
  unsigned char *output = arguments[5];
  for (int i = 0; i < 4; ++i)
    output[i] = (unsigned char)((float)(sum[0] + input[i] * weight[0]) * multiplier[0] + 7.5f);
  return 0;
}}
)",
                                          artefact.symbol));
  return artefact;
}

namespace {

std::vector<std::uint8_t> packed(const Artefact &artefact, std::initializer_list<const void *> operands) {
  const KernelDescription description(artefact);
  const convforge_kernel kernel = description.materialise([](void **) { return 0; });
  alignas(64) std::array<std::uint8_t, 512> bytes;
  if (const int status = convforge_pack_operands(&kernel, operands.begin(), bytes.data()); status != 0)
    throw Error(convforge_status_text(status));
  return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(artefact.pack.bytes)};
}

} // namespace

std::vector<std::uint8_t> packed_weight(const Artefact &artefact, float weight) {
  return packed(artefact, {nullptr, &weight, nullptr, nullptr, nullptr});
}

std::vector<std::uint8_t> packed_weight(const Artefact &artefact, std::int8_t weight, double multiplier,
                                        std::int32_t bias) {
  return packed(artefact, {nullptr, &weight, &multiplier, &bias, nullptr});
}

void build_library(const fs::path &directory, std::span<const Artefact> variants,
                   const Constants &constants) {
  const std::string &name = variants.front().name;
  write_text(directory / (name + ".h"), emit_header(variants, constants));
  write_text(directory / (name + ".c"), emit_source(variants, constants));
  const CommandResult result = run(
      directory, fmt::format("$CC -std=c11 -Wall -Wextra -Wpedantic -Werror -fPIC $INCLUDE -c {0}.c", name));
  if (result.status != 0)
    throw Error(result.output);
  std::vector<Member> members = emit_objects(variants, constants);
  members.emplace_back(name + ".o", bytes_of(read_text(directory / (name + ".o"))));
  write_file_atomically(directory / fmt::format("lib{}.a", name), emit_archive(members));
}

} // namespace convforge::test
