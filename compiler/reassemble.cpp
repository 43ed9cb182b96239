#include "compiler/reassemble.hpp"

#include "base/error.hpp"

#include <fmt/format.h>
#include <llvm/ADT/SmallString.h>
#include <llvm/MC/MCAsmBackend.h>
#include <llvm/MC/MCAsmInfo.h>
#include <llvm/MC/MCCodeEmitter.h>
#include <llvm/MC/MCContext.h>
#include <llvm/MC/MCInstrInfo.h>
#include <llvm/MC/MCObjectFileInfo.h>
#include <llvm/MC/MCObjectWriter.h>
#include <llvm/MC/MCParser/MCAsmParser.h>
#include <llvm/MC/MCParser/MCTargetAsmParser.h>
#include <llvm/MC/MCRegisterInfo.h>
#include <llvm/MC/MCStreamer.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/MCTargetOptions.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/SourceMgr.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/TargetParser/Triple.h>

#include <memory>
#include <optional>

namespace convforge {
namespace {

const llvm::Target &x86_assembler() {
  static const llvm::Target &machine = []() -> const llvm::Target & {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmParser();
    std::string problem;
    const llvm::Target *found = llvm::TargetRegistry::lookupTarget("x86_64-unknown-linux-gnu", problem);
    if (!found)
      throw Error("assembly: cannot be read: " + problem);
    return *found;
  }();
  return machine;
}

/// `vmovw` or `vmovsh` with operands in AT&T's order. None: of a form that has not been seen.
std::optional<std::string> move_of_16_bits(llvm::StringRef operands) {
  const auto [from, to] = operands.rsplit(", ");
  const auto [low, others] = from.split(", ");
  if (operands.contains('{'))
    return std::nullopt;
  // The lowest word of one register and the others of another one: the seven with the one above them, turned.
  if (low.starts_with("%xmm") && others.starts_with("%xmm"))
    return fmt::format("\tvpalignr\t$2, {1}, {0}, {2}\n\tvpalignr\t$14, {2}, {2}, {2}", low.str(),
                       others.str(), to.str());
  if (from.starts_with("%xmm") && others.empty() && !to.starts_with("%xmm"))
    return fmt::format("\tvpextrw\t$0, {}, {}", from.str(), to.str());
  if (!from.contains("%xmm") && to.starts_with("%xmm"))
    return fmt::format("\tvpxord\t{0}, {0}, {0}\n\tvpinsrw\t$0, {1}, {0}, {0}", to.str(), from.str());
  return std::nullopt;
}

std::string promised(llvm::StringRef line) {
  llvm::StringRef rest = line;
  if (rest.consume_front("\t{vex}\tvpdp"))
    return ("\t{evex}\tvpdp" + rest).str();
  if (rest.consume_front("\tvmovw\t") || rest.consume_front("\tvmovsh\t"))
    return move_of_16_bits(rest.split('#').first.rtrim()).value_or(line.str());
  return line.str();
}

} // namespace

std::string with_promised_instructions(std::string_view assembly) {
  std::string text;
  llvm::StringRef rest = assembly;
  while (!rest.empty()) {
    const auto [line, next] = rest.split('\n');
    text += promised(line) + '\n';
    rest = next;
  }
  return text;
}

std::vector<std::uint8_t> assemble(const std::string &assembly) {
  const llvm::Triple triple("x86_64-unknown-linux-gnu");
  const llvm::Target &machine = x86_assembler();
  const llvm::MCTargetOptions options;
  const std::unique_ptr<const llvm::MCRegisterInfo> registers(machine.createMCRegInfo(triple.str()));
  const std::unique_ptr<const llvm::MCAsmInfo> info(
      machine.createMCAsmInfo(*registers, triple.str(), options));
  const std::unique_ptr<const llvm::MCSubtargetInfo> features(
      machine.createMCSubtargetInfo(triple.str(), "icelake-server", ""));
  const std::unique_ptr<const llvm::MCInstrInfo> opcodes(machine.createMCInstrInfo());
  llvm::SourceMgr source;
  std::string refused;
  source.setDiagHandler(
      [](const llvm::SMDiagnostic &said, void *first) {
        auto &text = *static_cast<std::string *>(first);
        if (text.empty() && said.getKind() == llvm::SourceMgr::DK_Error)
          text = fmt::format("{}: {:?}", said.getMessage().str(), said.getLineContents().str());
      },
      &refused);
  source.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBuffer(assembly, "kernel"), llvm::SMLoc());
  llvm::MCContext context(triple, info.get(), registers.get(), features.get(), &source, &options);
  const std::unique_ptr<const llvm::MCObjectFileInfo> sections(machine.createMCObjectFileInfo(context, true));
  context.setObjectFileInfo(sections.get());
  llvm::SmallString<0> bytes;
  llvm::raw_svector_ostream out(bytes);
  std::unique_ptr<llvm::MCAsmBackend> backend(machine.createMCAsmBackend(*features, *registers, options));
  std::unique_ptr<llvm::MCObjectWriter> writer = backend->createObjectWriter(out);
  std::unique_ptr<llvm::MCCodeEmitter> emitter(machine.createMCCodeEmitter(*opcodes, context));
  const std::unique_ptr<llvm::MCStreamer> streamer(machine.createMCObjectStreamer(
      triple, context, std::move(backend), std::move(writer), std::move(emitter), *features));
  const std::unique_ptr<llvm::MCAsmParser> parser(llvm::createMCAsmParser(source, context, *streamer, *info));
  const std::unique_ptr<llvm::MCTargetAsmParser> target_parser(
      machine.createMCAsmParser(*features, *parser, *opcodes, options));
  parser->setTargetParser(*target_parser);
  if (parser->Run(false))
    throw Error("assembly: LLVM refuses it: " + refused);
  return {bytes.begin(), bytes.end()};
}

} // namespace convforge
