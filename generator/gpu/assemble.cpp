#include "gpu/assemble.hpp"

#include "analysis/subprocess.hpp"
#include "artefact/memory_file.hpp"
#include "error.hpp"

#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <regex>

#include <unistd.h>

namespace convforge {

namespace {

constexpr std::chrono::minutes patience(2);

/// The environment's choice, else what the build found, else whatever PATH has.
std::string tool(const char *variable, const char *found_at_build, const char *name) {
  if (const char *named = std::getenv(variable)) {
    return named;
  }
  return std::filesystem::exists(found_at_build) ? found_at_build : name;
}

int number_before(const std::string &text, const std::string &words) {
  std::smatch match;
  return std::regex_search(text, match, std::regex("([0-9]+) " + words)) ? std::stoi(match[1]) : 0;
}

/// A file of this name for as long as the object lives: tools read and write files only.
class TemporaryFile {
public:
  TemporaryFile() {
    path_ = (std::filesystem::temp_directory_path() / "convforge-XXXXXX").string();
    const int file = mkstemp(path_.data());
    if (file < 0) {
      throw Error(path_ +
                  ": no temporary file can be made there (set TMPDIR to a directory that may be written)");
    }
    close(file);
  }
  ~TemporaryFile() { unlink(path_.c_str()); }
  TemporaryFile(const TemporaryFile &) = delete;
  TemporaryFile &operator=(const TemporaryFile &) = delete;

  const std::string &path() const { return path_; }
  std::vector<std::uint8_t> read() const {
    std::ifstream in(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void write(const void *bytes, std::size_t size) const {
    std::ofstream out(path_, std::ios::binary);
    out.write(static_cast<const char *>(bytes), static_cast<std::streamsize>(size));
    if (!out.flush()) {
      throw Error(path_ + ": cannot be written (is there space left?)");
    }
  }

private:
  std::string path_;
};

} // namespace

std::optional<Assembled> assemble(const GpuArtefact &artefact) {
  const std::string ptxas = tool("CONVFORGE_PTXAS", CONVFORGE_PTXAS_FOUND, "ptxas");
  if (ptxas.empty()) {
    return std::nullopt;
  }
  const TemporaryFile ptx, cubin;
  ptx.write(artefact.ptx.data(), artefact.ptx.size());
  const ProcessResult result = run_process(
      {ptxas, "-v", "-arch=" + std::string(artefact.kernel.target.mca_cpu), ptx.path(), "-o", cubin.path()},
      "", patience);
  if (!result.found) {
    return std::nullopt;
  }
  const std::string said = result.output + result.errors;
  if (result.timed_out || result.exit_code != 0) {
    throw Error(fmt::format("{} refused the PTX of {}:\n{}", ptxas, artefact.kernel.symbol, said));
  }
  return Assembled{.cubin = cubin.read(),
                   .registers = number_before(said, "registers"),
                   .spill_bytes =
                       number_before(said, "bytes spill stores") + number_before(said, "bytes spill loads"),
                   .stack_bytes = number_before(said, "bytes stack frame"),
                   .shared_bytes = number_before(said, "bytes smem")};
}

std::optional<std::string> disassemble_cubin(const std::vector<std::uint8_t> &cubin) {
  const std::string nvdisasm = tool("CONVFORGE_NVDISASM", CONVFORGE_NVDISASM_FOUND, "nvdisasm");
  if (nvdisasm.empty()) {
    return std::nullopt;
  }
  const TemporaryFile file;
  file.write(cubin.data(), cubin.size());
  const ProcessResult result = run_process({nvdisasm, "-c", file.path()}, "", patience);
  if (!result.found) {
    return std::nullopt;
  }
  if (result.timed_out || result.exit_code != 0) {
    throw Error(fmt::format("{} failed: {}", nvdisasm, result.errors));
  }
  return result.output;
}

} // namespace convforge
