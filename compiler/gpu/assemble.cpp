#include "compiler/gpu/assemble.hpp"

#include "base/error.hpp"
#include "base/memory_file.hpp"
#include "base/subprocess.hpp"
#include "base/temporary_directory.hpp"

#include <filesystem>
#include <fmt/format.h>
#include <regex>

namespace convforge {

namespace {

constexpr std::chrono::minutes patience(2);

std::string tool(const char *found_at_build, const char *name) {
  return std::filesystem::exists(found_at_build) ? found_at_build : name;
}

int number_before(const std::string &text, const std::string &words) {
  std::smatch match;
  return std::regex_search(text, match, std::regex("([0-9]+) " + words)) ? std::stoi(match[1]) : 0;
}

} // namespace

GpuTools installed_gpu_tools() {
  return {.ptxas = tool(CONVFORGE_PTXAS_FOUND, "ptxas"),
          .nvdisasm = tool(CONVFORGE_NVDISASM_FOUND, "nvdisasm")};
}

std::optional<Assembled> assemble(const GpuArtefact &artefact, const GpuTools &tools) {
  if (tools.ptxas.empty())
    return std::nullopt;
  const TemporaryDirectory directory;
  const std::string ptx = directory.file("kernel.ptx"), cubin = directory.file("kernel.cubin");
  directory.write("kernel.ptx", artefact.ptx);
  const ProcessResult result = run_process(
      {tools.ptxas, "-v", "-arch=" + std::string(artefact.kernel.target.mca_cpu), ptx, "-o", cubin}, "",
      patience);
  if (!result.found)
    return std::nullopt;
  const std::string said = result.output + result.errors;
  if (result.timed_out || result.exit_code != 0)
    throw Error(fmt::format("{} refused the PTX of {}:\n{}", tools.ptxas, artefact.kernel.symbol, said));
  return Assembled{.cubin = directory.read("kernel.cubin"),
                   .registers = number_before(said, "registers"),
                   .spill_bytes =
                       number_before(said, "bytes spill stores") + number_before(said, "bytes spill loads"),
                   .stack_bytes = number_before(said, "bytes stack frame"),
                   .shared_bytes = number_before(said, "bytes smem")};
}

std::optional<std::string> disassemble_cubin(const std::vector<std::uint8_t> &cubin, const GpuTools &tools) {
  if (tools.nvdisasm.empty())
    return std::nullopt;
  const TemporaryDirectory directory;
  const std::string file = directory.file("kernel.cubin");
  directory.write("kernel.cubin", {reinterpret_cast<const char *>(cubin.data()), cubin.size()});
  const ProcessResult result = run_process({tools.nvdisasm, "-c", file}, "", patience);
  if (!result.found)
    return std::nullopt;
  if (result.timed_out || result.exit_code != 0)
    throw Error(fmt::format("{} failed: {}", tools.nvdisasm, result.errors));
  return result.output;
}

} // namespace convforge
