// Files of tensors, as `run` and `compile` read them for the operands of a problem.
#include "verify/npy.hpp"
#include "base/memory_file.hpp"
#include "cli/operand_file.hpp"
#include "fuzz/fuzz_target.hpp"

#include <cstdio>
#include <fstream>
#include <utility>

namespace convforge::fuzz {
namespace {

/// Standard error of the code under test, which tells of every NaN, goes nowhere. Sanitizers and libFuzzer
/// write to the descriptor.
class Quiet {
public:
  Quiet() : kept_(std::exchange(stderr, sink())) {}
  Quiet(const Quiet &) = delete;
  Quiet &operator=(const Quiet &) = delete;
  ~Quiet() { stderr = kept_; }

private:
  static std::FILE *sink() {
    static std::FILE *const file = std::fopen("/dev/null", "we");
    return file;
  }
  std::FILE *kept_;
};

const std::vector<Problem> &problems() {
  static const std::vector<Problem> list = {
      Problem::parse("ic2ih3iw4oc3oh2ow3kh2kw2", {.epilogue = "bias,residual"}),
      Problem::parse("ic2ih3iw4oc3oh2ow3kh2kw2", {.layout = "nchw", .dtype = "f16"}),
      Problem::parse("ic2id1ih1iw4oc3ow3kd1kh1kw2pd1", {.epilogue = "bias"}),
      Problem::parse("ic2ih3iw4oc3oh2ow3kh2kw2", {.epilogue = "bias", .dtype = "u8:s8:u8"}),
      Problem::parse("ic2ih3iw4oc3oh2ow3kh2kw2", {.layout = "nchw", .dtype = "s8:s8:f32"})};
  return list;
}

/// What was read as the operand of a problem has its elements.
void fit(const std::string &path) {
  const Quiet quiet;
  for (const Problem &problem : problems())
    for (const Operand &operand : operands(problem))
      for (const bool layout_is_said : {false, true})
        if (operand.role != Role::output)
          succeeds([&] {
            const auto elements = static_cast<std::size_t>(operand.elements());
            require(cli::read_operand(path, problem, operand, layout_is_said).size() ==
                        elements * bytes_of(operand.type),
                    "an operand has its elements");
          });
}

} // namespace

void check(Input input) {
  static const MemoryFile file;
  std::ofstream(file.path(), std::ios::binary | std::ios::trunc) << text_of(input);
  const bool readable = succeeds([] { read_npy(file.path()); });
  require(readable == succeeds([&] { parse_npy(input, "bytes"); }), "a file and its bytes are read alike");
  const NpyArray array = parse_npy(input, "bytes");
  std::uint64_t elements = 1;
  for (const std::int64_t extent : array.shape)
    elements *= static_cast<std::uint64_t>(extent);
  require(array.elements.size() == elements * bytes_of(array.type), "the elements fill the shape");
  const std::vector<std::uint8_t> printed = format_npy(array);
  const NpyArray again = parse_npy(printed, "printed");
  require(again.shape == array.shape && again.type == array.type, "a printed file has the same header");
  require(format_npy(again) == printed, "a printed file is the same");
  require(again.elements == array.elements, "a printed file has the same elements");
  fit(file.path());
}

} // namespace convforge::fuzz
