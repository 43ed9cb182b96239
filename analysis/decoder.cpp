#include "analysis/decoder.hpp"

#include "base/error.hpp"

#include <fmt/format.h>
#include <llvm/MC/MCAsmInfo.h>
#include <llvm/MC/MCContext.h>
#include <llvm/MC/MCDisassembler/MCDisassembler.h>
#include <llvm/MC/MCInst.h>
#include <llvm/MC/MCInstPrinter.h>
#include <llvm/MC/MCInstrAnalysis.h>
#include <llvm/MC/MCInstrInfo.h>
#include <llvm/MC/MCRegisterInfo.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/MCTargetOptions.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/TargetParser/Triple.h>

#include <string>

namespace convforge {
namespace {

const llvm::Target &find_machine(const std::string &triple) {
  static const bool registered = [] {
    llvm::InitializeAllTargetInfos();
    llvm::InitializeAllTargetMCs();
    llvm::InitializeAllDisassemblers();
    return true;
  }();
  (void)registered;
  std::string problem;
  const llvm::Target *machine = llvm::TargetRegistry::lookupTarget(triple, problem);
  if (!machine)
    fail("target", triple, "one that the installed LLVM knows: " + problem);
  return *machine;
}

/// At the commas outside of brackets: AArch64 writes "[x0, #16]" and "{ v0.4s, v1.4s }".
std::vector<std::string> split_operands(llvm::StringRef text) {
  std::vector<std::string> operands;
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    depth += text[i] == '[' || text[i] == '{' ? 1 : text[i] == ']' || text[i] == '}' ? -1 : 0;
    if (text[i] == ',' && depth == 0) {
      operands.push_back(text.slice(begin, i).trim().str());
      begin = i + 1;
    }
  }
  if (!text.empty())
    operands.push_back(text.drop_front(begin).trim().str());
  return operands;
}

} // namespace

struct Decoder::Machine {
  explicit Machine(const std::string &triple_text, const std::string &cpu) : triple(triple_text) {
    const llvm::Target &target = find_machine(triple_text);
    registers.reset(target.createMCRegInfo(triple_text));
    assembly.reset(target.createMCAsmInfo(*registers, triple_text, options));
    features.reset(target.createMCSubtargetInfo(triple_text, cpu, ""));
    opcodes.reset(target.createMCInstrInfo());
    branches.reset(target.createMCInstrAnalysis(opcodes.get()));
    context = std::make_unique<llvm::MCContext>(triple, assembly.get(), registers.get(), features.get());
    disassembler.reset(target.createMCDisassembler(*features, *context));
    const unsigned syntax = triple.isX86() ? 1 : assembly->getAssemblerDialect(); // 1: Intel's
    printer.reset(target.createMCInstPrinter(triple, syntax, *assembly, *opcodes, *registers));
  }

  void print(const llvm::MCInst &code, Instruction &instruction) const;
  void find_writes(const llvm::MCInst &code, Instruction &instruction) const;
  Flow flow(const llvm::MCInst &code) const;
  std::string widest(llvm::MCRegister reg) const;

  llvm::Triple triple;
  llvm::MCTargetOptions options;
  std::unique_ptr<const llvm::MCRegisterInfo> registers;
  std::unique_ptr<const llvm::MCAsmInfo> assembly;
  std::unique_ptr<const llvm::MCSubtargetInfo> features;
  std::unique_ptr<const llvm::MCInstrInfo> opcodes;
  std::unique_ptr<const llvm::MCInstrAnalysis> branches;
  std::unique_ptr<llvm::MCContext> context;
  std::unique_ptr<const llvm::MCDisassembler> disassembler;
  std::unique_ptr<llvm::MCInstPrinter> printer;
};

void Decoder::Machine::print(const llvm::MCInst &code, Instruction &instruction) const {
  std::string text;
  llvm::raw_string_ostream stream(text);
  printer->printInst(&code, 0, "", *features, stream);
  const auto [mnemonic, operands] = llvm::StringRef(text).trim().split('\t');
  instruction.mnemonic = mnemonic.trim().str();
  instruction.operands = split_operands(operands.trim());
}

void Decoder::Machine::find_writes(const llvm::MCInst &code, Instruction &instruction) const {
  const llvm::MCInstrDesc &opcode = opcodes->get(code.getOpcode());
  for (unsigned i = 0; i < opcode.getNumDefs(); ++i)
    if (code.getOperand(i).isReg())
      instruction.writes.push_back(widest(code.getOperand(i).getReg()));
  for (const llvm::MCPhysReg implicit : opcode.implicit_defs())
    instruction.writes.push_back(widest(implicit));
}

Flow Decoder::Machine::flow(const llvm::MCInst &code) const {
  const llvm::MCInstrDesc &opcode = opcodes->get(code.getOpcode());
  if (branches->isCall(code))
    return Flow::call;
  if (branches->isConditionalBranch(code))
    return Flow::branch;
  if (branches->isUnconditionalBranch(code) && !branches->isIndirectBranch(code))
    return Flow::jump;
  return opcode.isTerminator() || opcode.isBarrier() || opcode.isTrap() ? Flow::stop : Flow::next;
}

/// Registers that contain it go up to 512 bits; names with an underscore are LLVM's for several in a row
/// (AArch64).
std::string Decoder::Machine::widest(llvm::MCRegister reg) const {
  llvm::StringRef name = registers->getName(reg);
  for (const llvm::MCPhysReg wider : registers->superregs(reg))
    if (!llvm::StringRef(registers->getName(wider)).contains('_') && registers->isSuperRegister(reg, wider))
      name = registers->getName(wider);
  return name.str();
}

Decoder::Decoder(const Target &target)
    : machine_(std::make_unique<Machine>(std::string(target.triple), std::string(target.mca_cpu))) {}

Decoder::~Decoder() = default;

Instruction Decoder::decode(std::span<const std::uint8_t> bytes, std::uint64_t address) const {
  llvm::MCInst code;
  std::uint64_t size = 0;
  const llvm::ArrayRef<std::uint8_t> window(bytes.data(), bytes.size());
  if (machine_->disassembler->getInstruction(code, size, window, address, llvm::nulls()) !=
      llvm::MCDisassembler::Success)
    throw Error(fmt::format("object: byte {:#x} of a code section is no instruction (expected code for {})",
                            address, machine_->triple.str()));
  Instruction instruction;
  instruction.address = address;
  instruction.size = size;
  machine_->print(code, instruction);
  machine_->find_writes(code, instruction);
  instruction.flow = machine_->flow(code);
  std::uint64_t target = 0;
  if (machine_->branches->evaluateBranch(code, address, size, target))
    instruction.target = target;
  else if (instruction.flow == Flow::next)
    instruction.target =
        machine_->branches->evaluateMemoryOperandAddress(code, machine_->features.get(), address, size);
  return instruction;
}

} // namespace convforge
