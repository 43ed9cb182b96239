#include "analysis/vector_code.hpp"

#include "planner/platform.hpp"

#include <algorithm>
#include <cctype>

namespace convforge {
namespace {

/// "vfmadd231ps" and its kin: fused multiply-add, -subtract and their negations, in the three operand orders.
bool is_fused(std::string_view mnemonic) {
  return mnemonic.starts_with("vfmadd") || mnemonic.starts_with("vfmsub") ||
         mnemonic.starts_with("vfnmadd") || mnemonic.starts_with("vfnmsub") || mnemonic == "fmla" ||
         mnemonic == "fmls" || mnemonic == "fmadd";
}

bool is_float(std::string_view mnemonic, std::string_view operation) {
  if (mnemonic.starts_with('v'))
    mnemonic.remove_prefix(1);
  return mnemonic.starts_with(operation) && (mnemonic.ends_with("ps") || mnemonic.ends_with("ss")) &&
         mnemonic.size() == operation.size() + 2;
}

/// Products of small integers that an instruction adds up in each lane of 32 bits (target/dot.hpp); 0: it
/// does not.
int products_in_a_lane(std::string_view mnemonic) {
  if (mnemonic.starts_with("vpdpbusd") || mnemonic == "sdot")
    return 4;
  if (mnemonic == "pmaddwd" || mnemonic == "vpmaddwd")
    return 2;
  return mnemonic == "smlal" || mnemonic == "smlal2" ? 1 : 0;
}

/// Does another instruction add what it multiplied?
bool multiplies_alone(std::string_view mnemonic) {
  return mnemonic.ends_with("pmaddwd");
}

/// Lanes of 32 bits that an instruction computes: one if scalar, else as many as its destination register
/// holds.
int lanes(const Instruction &instruction) {
  if (instruction.mnemonic.ends_with("ss") || instruction.operands.empty())
    return 1;
  if (instruction.mnemonic.starts_with("fm") ||
      instruction.mnemonic.starts_with('s')) // AArch64: "v0.4s", "v0.2s" or "s0"
    return instruction.operands.front().ends_with(".4s")   ? 4
           : instruction.operands.front().ends_with(".2s") ? 2
                                                           : 1;
  switch (instruction.operands.front().front()) {
  case 'z':
    return 16;
  case 'y':
    return 8;
  default:
    return 4;
  }
}

void note_registers(std::span<const std::string> operands, std::set<std::string> &registers) {
  for (const std::string &operand : operands)
    if (const std::string_view name = vector_register(operand); !name.empty())
      registers.emplace(name);
}

} // namespace

/// "q3", "v3.4s", "v3.s[1]", "s3" -> "3": AArch64's names by width.
static std::string_view neon_register(std::string_view operand) {
  if (operand.empty() || std::string_view("vqdshb").find(operand[0]) == std::string_view::npos)
    return {};
  operand.remove_prefix(1);
  const auto digits = operand.substr(0, std::min(operand.find('.'), operand.size()));
  const bool number = !digits.empty() && digits.size() <= 2 &&
                      std::ranges::all_of(digits, [](unsigned char c) { return std::isdigit(c) != 0; });
  return number ? digits : std::string_view();
}

std::string_view vector_register(std::string_view operand) {
  if (const std::string_view name = neon_register(operand); !name.empty())
    return name;
  if (operand.size() < 4 || operand.substr(1, 2) != "mm" ||
      std::string_view("xyz").find(operand[0]) == std::string_view::npos)
    return {};
  operand.remove_prefix(3);
  const auto digits = std::ranges::find_if_not(operand, [](unsigned char c) { return std::isdigit(c) != 0; });
  return operand.substr(0, static_cast<std::size_t>(digits - operand.begin()));
}

bool is_memory(std::string_view operand) {
  return operand.find('[') != std::string_view::npos;
}

namespace {

/// Of integers: of all floats' kernels nothing.
void count_dot_products(std::span<const Instruction> code, Arithmetic &sum) {
  std::set<std::string> added_to;
  bool added_apart = false;
  for (const Instruction &instruction : code) {
    const auto first =
        std::span(instruction.operands).first(std::min<std::size_t>(1, instruction.operands.size()));
    if (instruction.mnemonic == "paddd" || instruction.mnemonic == "vpaddd")
      note_registers(first, added_to);
    const int products = products_in_a_lane(instruction.mnemonic);
    if (products == 0)
      continue;
    const bool alone = multiplies_alone(instruction.mnemonic);
    added_apart |= alone;
    sum.multiply_adds += products * lanes(instruction);
    sum.instructions += alone ? 2 : 1;
    if (!alone)
      note_registers(first, sum.accumulators);
  }
  if (added_apart)
    sum.accumulators.merge(added_to);
}

} // namespace

Arithmetic count_arithmetic(std::span<const Instruction> code, const Target &target) {
  Arithmetic sum;
  count_dot_products(code, sum);
  int multiplied = 0, added = 0, multiplications = 0, additions = 0;
  std::set<std::string> added_to;
  for (const Instruction &instruction : code) {
    note_registers(instruction.operands, sum.registers);
    if (is_fused(instruction.mnemonic)) {
      sum.multiply_adds += lanes(instruction);
      ++sum.instructions;
      note_registers(std::span(instruction.operands).first(1), sum.accumulators);
    } else if (is_float(instruction.mnemonic, "mul")) {
      multiplied += lanes(instruction);
      ++multiplications;
    } else if (is_float(instruction.mnemonic, "add")) {
      added += lanes(instruction);
      ++additions;
      note_registers(std::span(instruction.operands).first(1), added_to);
    }
  }
  if (!target.fma && sum.multiply_adds == 0) {
    sum.multiply_adds += std::min(multiplied, added);
    sum.instructions += 2 * std::min(multiplications, additions);
    if (sum.multiply_adds > 0)
      sum.accumulators.merge(added_to);
  }
  return sum;
}

} // namespace convforge
