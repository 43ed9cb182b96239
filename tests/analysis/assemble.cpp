#include "assemble.hpp"

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
#include <llvm/Support/SourceMgr.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/raw_ostream.h>

#include <memory>
#include <stdexcept>

namespace convforge::test {
namespace {

const char *triple_of(Isa isa) {
  return isa == Isa::neon ? "aarch64-unknown-linux-gnu" : "x86_64-unknown-linux-gnu";
}

const llvm::Target &machine_of(const char *triple) {
  llvm::InitializeAllTargetInfos();
  llvm::InitializeAllTargetMCs();
  llvm::InitializeAllAsmParsers();
  std::string problem;
  const llvm::Target *machine = llvm::TargetRegistry::lookupTarget(triple, problem);
  if (!machine)
    throw std::runtime_error(problem);
  return *machine;
}

} // namespace

Target target_of(Isa isa) {
  switch (isa) {
  case Isa::sse41:
    return find_target("x86-64-sse41");
  case Isa::avx2:
    return find_target("x86-64-avx2");
  case Isa::avx512:
    return find_target("x86-64-avx512");
  case Isa::neon:
    return find_target("arm-64-neon");
  case Isa::cuda:
    break;
  }
  throw std::invalid_argument("no CPU's");
}

std::vector<std::uint8_t> assemble(const std::string &text, Isa isa) {
  const bool arm = isa == Isa::neon;
  const char *triple = triple_of(isa);
  const llvm::Target &machine = machine_of(triple);
  const llvm::MCTargetOptions options;
  const std::unique_ptr<llvm::MCRegisterInfo> registers(machine.createMCRegInfo(triple));
  const std::unique_ptr<llvm::MCAsmInfo> assembly(machine.createMCAsmInfo(*registers, triple, options));
  const std::unique_ptr<llvm::MCSubtargetInfo> features(
      machine.createMCSubtargetInfo(triple, arm ? "neoverse-n1" : "skylake-avx512", ""));
  const std::unique_ptr<llvm::MCInstrInfo> opcodes(machine.createMCInstrInfo());
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(
      llvm::MemoryBuffer::getMemBufferCopy((arm ? ".text\n" : ".intel_syntax noprefix\n.text\n") + text), {});
  llvm::MCContext context(llvm::Triple(triple), assembly.get(), registers.get(), features.get(), &sources,
                          &options);
  const std::unique_ptr<llvm::MCObjectFileInfo> sections(machine.createMCObjectFileInfo(context, true));
  context.setObjectFileInfo(sections.get());
  llvm::SmallString<4096> bytes;
  llvm::raw_svector_ostream out(bytes);
  std::unique_ptr<llvm::MCAsmBackend> backend(machine.createMCAsmBackend(*features, *registers, options));
  std::unique_ptr<llvm::MCObjectWriter> writer = backend->createObjectWriter(out);
  std::unique_ptr<llvm::MCCodeEmitter> emitter(machine.createMCCodeEmitter(*opcodes, context));
  const std::unique_ptr<llvm::MCStreamer> streamer(machine.createMCObjectStreamer(
      llvm::Triple(triple), context, std::move(backend), std::move(writer), std::move(emitter), *features));
  const std::unique_ptr<llvm::MCAsmParser> parser(
      llvm::createMCAsmParser(sources, context, *streamer, *assembly));
  const std::unique_ptr<llvm::MCTargetAsmParser> target_parser(
      machine.createMCAsmParser(*features, *parser, *opcodes, options));
  parser->setTargetParser(*target_parser);
  if (parser->Run(false))
    throw std::runtime_error("the test's assembly text is refused");
  return {bytes.begin(), bytes.end()};
}

std::string define(const std::string &name, const std::string &body) {
  return ".type " + name + ", @function\n" + name + ":\n" + body + "\n.size " + name + ", .-" + name + "\n";
}

std::vector<Function> functions_of(const std::string &text, Isa isa) {
  return disassemble(assemble(text, isa), target_of(isa));
}

Function function_of(const std::string &body, Isa isa) {
  return functions_of(define("f", body), isa).at(0);
}

} // namespace convforge::test
