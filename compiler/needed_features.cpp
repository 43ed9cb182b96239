#include "compiler/needed_features.hpp"

#include "base/error.hpp"
#include "compiler/object_file.hpp"
#include "convforge/convforge.h"

#include <fmt/format.h>
#include <llvm/ADT/DenseSet.h>
#include <llvm/MC/MCAsmInfo.h>
#include <llvm/MC/MCContext.h>
#include <llvm/MC/MCDisassembler/MCDisassembler.h>
#include <llvm/MC/MCInst.h>
#include <llvm/MC/MCInstPrinter.h>
#include <llvm/MC/MCInstrInfo.h>
#include <llvm/MC/MCRegisterInfo.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/MCTargetOptions.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/TargetParser/Triple.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace convforge {
namespace {

constexpr std::uint32_t avx512 = CONVFORGE_CPU_SSE41 | CONVFORGE_CPU_AVX2 | CONVFORGE_CPU_AVX512,
                        vnni = avx512 | CONVFORGE_CPU_AVX512_VNNI,
                        icelake = vnni | CONVFORGE_CPU_AVX512_ICELAKE, none = 0;

/// Instructions that need one feature.
struct Needs {
  const char *feature;      ///< Intel's name of it, or AMD's
  std::uint32_t bits;       ///< those that promise it, `none` where none do
  std::string_view written; ///< names between spaces; a * stands for any letters
};
// LLVM does not say what an instruction needs: its assembler takes every one for every CPU, and the table of
// the code generator is for itself. These are all of a program's instructions (neither an OS' nor one of Xeon
// Phi's) that the CPUs of AVX-512's bit may lack; every other needs no more than that bit, which promises
// BMI, LZCNT, POPCNT and MOVBE along with AVX2: no CPU has AVX-512 without them, and Halide tells LLVM that
// it compiles for Skylake. The first row with an instruction holds. Source: cpuid's feature flags of each
// instruction in Intel's SDM and AMD's APM, compared with iced-x86's table of them.
constexpr Needs table[] = {
    {"AVX512_VNNI", vnni, "vpdpbusd vpdpbusds vpdpwssd vpdpwssds"},
    {"AVX512_IFMA", icelake, "vpmadd52huq vpmadd52luq"},
    {"AVX512_VBMI", icelake, "vpermb vpermi2b vpermt2b vpmultishiftqb"},
    {"AVX512_VBMI2", icelake,
     "vpcompressb vpcompressw vpexpandb vpexpandw vpshldd vpshldq vpshldw vpshldvd vpshldvq vpshldvw vpshrdd "
     "vpshrdq vpshrdw vpshrdvd vpshrdvq vpshrdvw"},
    {"AVX512_BITALG", icelake, "vpopcntb vpopcntw vpshufbitqmb"},
    {"AVX512_VPOPCNTDQ", icelake, "vpopcntd vpopcntq"},
    {"F16C", avx512, "vcvtph2ps vcvtps2ph"},
    {"AVX_NE_CONVERT", none, "vbcstne* vcvtnee* vcvtneo*"},
    {"AVX512_FP16", none, "v*ph v*sh vcvtph2* vcvttph2* vcvtsh2* vcvttsh2* vcvtps2phx vmovw"},
    {"AVX512_BF16", none, "vcvtne2ps2bf16 vcvtneps2bf16 vdpbf16ps"},
    {"AVX512_VP2INTERSECT", none, "vp2intersect*"},
    {"AVX_VNNI_INT8", none, "vpdpbss* vpdpbsu* vpdpbuu*"},
    {"AVX_VNNI_INT16", none, "vpdpwsu* vpdpwus* vpdpwuu*"},
    {"AMX", none, "ldtilecfg sttilecfg tile* tdp* tcmm*"},
    {"GFNI", none, "gf2p8* vgf2p8*"},
    {"AES", none, "aes* vaes* encodekey*"},
    {"PCLMULQDQ", none, "pclmul* vpclmul*"},
    {"SHA", none, "sha1* sha256* vsha512* vsm3* vsm4*"},
    {"SSE4A", none, "extrq insertq movntsd movntss"},
    {"XOP", none,
     "vfrcz* vpcmov vpcomb vpcomd vpcomq vpcomw vpcomu* vpcomlt* vpcomle* vpcomgt* vpcomge* vpcomeq* "
     "vpcomneq* vpcomfalse* vpcomtrue* vpermil2* vphaddb* vphaddud* vphaddub* vphadduw* "
     "vphaddwd vphaddwq vphadddq vphsubbw vphsubdq vphsubwd vpmacs* vpmadcs* vpperm vprotb vprotd vprotq "
     "vprotw vpsha* vpshlb vpshld vpshlq vpshlw"},
    {"FMA4", none,
     "vfmaddp* vfmaddsd vfmaddss vfmaddsubp* vfmsubaddp* vfmsubp* vfmsubsd vfmsubss vfnmaddp* vfnmaddsd "
     "vfnmaddss vfnmsubp* vfnmsubsd vfnmsubss"},
    {"TBM", none, "blcfill blci blcic blcmsk blcs blsfill blsic t1mskc tzmsk"},
    {"ADX", none, "adcx adox"},
    {"CLDEMOTE", none, "cldemote"},
    {"CLFLUSHOPT", none, "clflushopt"},
    {"CLWB", none, "clwb"},
    {"CLZERO", none, "clzero"},
    {"CMPCCXADD", none, "cmp*xadd"},
    {"ENQCMD", none, "enqcmd*"},
    {"MOVDIRI", none, "movdiri"},
    {"MOVDIR64B", none, "movdir64b"},
    {"PREFETCHI", none, "prefetchit*"},
    {"PREFETCHWT1", none, "prefetchwt1"},
    {"PTWRITE", none, "ptwrite"},
    {"RAO_INT", none, "aadd aand aor axor"},
    {"RDPID", none, "rdpid"},
    {"RDRAND", none, "rdrand"},
    {"RDSEED", none, "rdseed"},
    {"RTM", none, "xabort xbegin xend xtest"},
    {"SERIALIZE", none, "serialize"},
    {"WAITPKG", none, "tpause umonitor umwait"},
};

bool matches(std::string_view name, std::string_view pattern) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos)
    return name == pattern;
  return name.size() + 1 >= pattern.size() && name.starts_with(pattern.substr(0, star)) &&
         name.ends_with(pattern.substr(star + 1));
}

/// Null: an instruction of AVX-512's bit.
const Needs *find(std::string_view name) {
  for (const Needs &row : table) {
    for (std::string_view rest = row.written; !rest.empty();) {
      const std::string_view pattern = rest.substr(0, rest.find(' '));
      if (matches(name, pattern))
        return &row;
      rest.remove_prefix(std::min(pattern.size() + 1, rest.size()));
    }
  }
  return nullptr;
}

const llvm::Target &x86() {
  static const llvm::Target &machine = []() -> const llvm::Target & {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86Disassembler();
    std::string problem;
    const llvm::Target *found = llvm::TargetRegistry::lookupTarget("x86_64-unknown-linux-gnu", problem);
    if (!found)
      throw Error("object: its instructions cannot be read: " + problem);
    return *found;
  }();
  return machine;
}

/// LLVM's machine code layer for x86-64.
class Reader {
public:
  Reader()
      : triple_("x86_64-unknown-linux-gnu"), registers_(x86().createMCRegInfo(triple_.str())),
        assembly_(x86().createMCAsmInfo(*registers_, triple_.str(), options_)),
        features_(x86().createMCSubtargetInfo(triple_.str(), "", "")), opcodes_(x86().createMCInstrInfo()),
        context_(triple_, assembly_.get(), registers_.get(), features_.get()),
        disassembler_(x86().createMCDisassembler(*features_, context_)),
        printer_(x86().createMCInstPrinter(triple_, 1, *assembly_, *opcodes_, *registers_)) {}

  /// An instruction as Intel writes it, if no other of its opcode was before it. `size`: its bytes.
  std::optional<std::string> next(std::span<const std::uint8_t> code, std::size_t at, std::uint64_t &size) {
    llvm::MCInst instruction;
    const llvm::ArrayRef<std::uint8_t> window(code.data() + at, code.size() - at);
    if (disassembler_->getInstruction(instruction, size, window, at, llvm::nulls()) !=
        llvm::MCDisassembler::Success)
      throw Error(
          fmt::format("object: byte {:#x} of a code section is no instruction (expected x86-64's)", at));
    if (!seen_.insert(instruction.getOpcode()).second)
      return std::nullopt;
    std::string text;
    llvm::raw_string_ostream stream(text);
    printer_->printInst(&instruction, at, "", *features_, stream);
    std::ranges::replace(text, '\t', ' ');
    return text.substr(std::min(text.find_first_not_of(' '), text.size()));
  }

private:
  llvm::Triple triple_;
  llvm::MCTargetOptions options_;
  std::unique_ptr<const llvm::MCRegisterInfo> registers_;
  std::unique_ptr<const llvm::MCAsmInfo> assembly_;
  std::unique_ptr<const llvm::MCSubtargetInfo> features_;
  std::unique_ptr<const llvm::MCInstrInfo> opcodes_;
  llvm::MCContext context_;
  std::unique_ptr<const llvm::MCDisassembler> disassembler_;
  std::unique_ptr<llvm::MCInstPrinter> printer_;
  llvm::DenseSet<unsigned> seen_;
};

[[noreturn]] void refuse(std::string_view instruction, std::string_view feature) {
  throw InstructionNotPromised(
      fmt::format("object: the instruction \"{}\" needs {}, expected one of {}; this is a defect of "
                  "ConvForge: report the problem",
                  instruction, feature, feature_names(icelake)));
}

/// What an instruction needs.
std::uint32_t bits_of(std::string_view instruction) {
  // The encoding without EVEX of what AVX-512 has, too: AVX_VNNI, AVX_IFMA.
  constexpr std::string_view vex = "{vex} ";
  const bool by_vex = instruction.starts_with(vex);
  const std::string_view name = instruction.substr(by_vex ? vex.size() : 0);
  const Needs *const row = find(name.substr(0, name.find(' ')));
  if (row == nullptr)
    return avx512;
  if (by_vex)
    refuse(instruction, std::string(row->feature) + " without AVX-512");
  if (row->bits == none)
    refuse(instruction, row->feature);
  return row->bits;
}

} // namespace

std::uint32_t needed_x86_features(std::span<const std::uint8_t> code) {
  Reader reader;
  std::uint32_t bits = avx512;
  std::uint64_t size = 0;
  for (std::size_t at = 0; at < code.size(); at += size)
    if (const std::optional<std::string> instruction = reader.next(code, at, size))
      bits |= bits_of(*instruction);
  return bits;
}

std::uint32_t needed_features(const std::vector<std::uint8_t> &object, const Target &target) {
  if (!(target.cpu_features & CONVFORGE_CPU_AVX512_VNNI))
    return target.cpu_features;
  std::uint32_t bits = 0;
  for (const std::span<const std::uint8_t> code : code_sections(object))
    bits |= needed_x86_features(code);
  return bits;
}

} // namespace convforge
