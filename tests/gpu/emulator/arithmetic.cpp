#include "arithmetic.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <stdexcept>

namespace emulator {

namespace {

float as_float(std::uint64_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
}
std::uint64_t as_bits(float value) {
  return std::bit_cast<std::uint32_t>(value);
}

bool is_64_bits(Type type) {
  return type == Type::s64 || type == Type::u64 || type == Type::b64;
}
bool is_signed(Type type) {
  return type == Type::s16 || type == Type::s32 || type == Type::s64;
}

/// The operand as a whole number: its low bits, with the sign where the type has one.
std::int64_t whole(std::uint64_t bits, Type type) {
  switch (type) {
  case Type::s32:
    return static_cast<std::int32_t>(bits);
  case Type::u32:
  case Type::b32:
    return static_cast<std::uint32_t>(bits);
  case Type::b16:
    return static_cast<std::uint16_t>(bits);
  case Type::s16:
    return static_cast<std::int16_t>(bits);
  case Type::pred:
    return bits != 0;
  default:
    return static_cast<std::int64_t>(bits);
  }
}

[[noreturn]] void refuse() {
  throw std::runtime_error("does what the emulator does not know");
}

/// PTX's min and max leave out a NaN.
float float_binary(Op op, float a, float b) {
  switch (op) {
  case Op::add:
    return a + b;
  case Op::sub:
    return a - b;
  case Op::mul:
    return a * b;
  case Op::div:
    return a / b;
  case Op::min:
    return std::fmin(a, b);
  case Op::max:
    return std::fmax(a, b);
  default:
    refuse();
  }
}

std::uint64_t shifted(const Instruction &i, std::uint64_t bits, std::uint64_t by) {
  const std::uint64_t width = is_64_bits(i.type) ? 64 : 32;
  if (i.op == Op::shl)
    return by >= width ? 0 : bits << by;
  if (is_signed(i.type))
    return static_cast<std::uint64_t>(whole(bits, i.type) >> std::min<std::uint64_t>(by, width - 1));
  return by >= width ? 0 : static_cast<std::uint64_t>(whole(bits, i.type)) >> by;
}

std::uint64_t whole_binary(const Instruction &i, std::uint64_t first, std::uint64_t second) {
  const std::int64_t a = whole(first, i.type), b = whole(second, i.type);
  const auto ua = static_cast<std::uint64_t>(a), ub = static_cast<std::uint64_t>(b);
  const bool less = is_signed(i.type) ? a < b : ua < ub;
  switch (i.op) {
  case Op::add:
    return ua + ub;
  case Op::sub:
    return ua - ub;
  case Op::mul:
  case Op::mul_wide:
    return ua * ub;
  case Op::mul_hi:
    return is_64_bits(i.type) ? (refuse(), 0) : (ua * ub) >> 32;
  case Op::div:
    return b == 0 ? (refuse(), 0) : is_signed(i.type) ? static_cast<std::uint64_t>(a / b) : ua / ub;
  case Op::rem:
    return b == 0 ? (refuse(), 0) : is_signed(i.type) ? static_cast<std::uint64_t>(a % b) : ua % ub;
  case Op::min:
    return less ? ua : ub;
  case Op::max:
    return less ? ub : ua;
  case Op::bit_and:
    return first & second;
  case Op::bit_or:
    return first | second;
  case Op::bit_xor:
    return first ^ second;
  default:
    refuse();
  }
}

template <typename T>
bool ordered(Compare compare, T a, T b) {
  switch (compare) {
  case Compare::eq:
    return a == b;
  case Compare::ne:
    return a != b;
  case Compare::lt:
    return a < b;
  case Compare::le:
    return a <= b;
  case Compare::gt:
    return a > b;
  default:
    return a >= b;
  }
}

bool compares(const Instruction &i, std::uint64_t first, std::uint64_t second) {
  if (i.type == Type::f32) {
    const float a = as_float(first), b = as_float(second);
    return std::isnan(a) || std::isnan(b) ? i.unordered : ordered(i.compare, a, b);
  }
  const std::int64_t a = whole(first, i.type), b = whole(second, i.type);
  return is_signed(i.type) ? ordered(i.compare, a, b)
                           : ordered(i.compare, static_cast<std::uint64_t>(a), static_cast<std::uint64_t>(b));
}

std::uint64_t converted(const Instruction &i, std::uint64_t bits) {
  if (i.type == Type::f32 && i.from == Type::f32)
    return as_bits(i.rounds ? std::nearbyint(as_float(bits)) : as_float(bits));
  if (i.type == Type::f32) {
    const std::int64_t from = whole(bits, i.from);
    return as_bits(is_signed(i.from) ? static_cast<float>(from)
                                     : static_cast<float>(static_cast<std::uint64_t>(from)));
  }
  if (i.from == Type::f32 && i.type == Type::s32) {
    const double from = i.rounds ? std::nearbyint(as_float(bits)) : std::trunc(as_float(bits));
    return std::isnan(from) ? 0
                            : static_cast<std::uint32_t>(static_cast<std::int32_t>(
                                  std::fmin(std::fmax(from, -2147483648.0), 2147483647.0)));
  }
  if (i.from == Type::f32 || i.saturates)
    refuse();
  return static_cast<std::uint64_t>(whole(bits, i.from));
}

std::uint64_t result(const Instruction &i, const std::vector<std::uint64_t> &registers) {
  const auto of = [&](std::size_t n) { return value(i.of.at(n), registers); };
  const bool floats = i.type == Type::f32;
  switch (i.op) {
  case Op::mov:
    return of(0);
  case Op::pack:
    return (of(0) & 0xffffffff) | of(1) << 32;
  case Op::fma:
    return as_bits(std::fma(as_float(of(0)), as_float(of(1)), as_float(of(2))));
  case Op::mad:
  case Op::mad_wide:
    return static_cast<std::uint64_t>(whole(of(0), i.type)) *
               static_cast<std::uint64_t>(whole(of(1), i.type)) +
           of(2);
  case Op::neg:
    return floats ? of(0) ^ 0x80000000 : 0 - of(0);
  case Op::abs:
    return floats ? of(0) & 0x7fffffff : (refuse(), 0);
  case Op::sqrt:
    return as_bits(std::sqrt(as_float(of(0))));
  case Op::bit_not:
    return i.type == Type::pred ? std::uint64_t(of(0) == 0) : ~of(0);
  case Op::shl:
  case Op::shr:
    return shifted(i, of(0), of(1) & 0xffffffff);
  case Op::select:
    return of(2) != 0 ? of(0) : of(1);
  case Op::set_predicate:
    return compares(i, of(0), of(1)) ? 1 : 0;
  case Op::convert:
    return converted(i, of(0));
  default:
    return floats ? as_bits(float_binary(i.op, as_float(of(0)), as_float(of(1))))
                  : whole_binary(i, of(0), of(1));
  }
}

} // namespace

void compute(const Instruction &i, std::vector<std::uint64_t> &registers) {
  if (i.op == Op::unpack) {
    const std::uint64_t both = value(i.of.at(0), registers);
    registers[static_cast<std::size_t>(i.to.at(0))] = both & 0xffffffff;
    registers[static_cast<std::size_t>(i.to.at(1))] = both >> 32;
    return;
  }
  const bool wide = i.op == Op::mul_wide || i.op == Op::mad_wide,
             half = i.type == Type::b16 || i.type == Type::s16;
  const int bits = (is_64_bits(i.type) || i.op == Op::pack ? 64 : half ? 16 : 32) * (wide ? 2 : 1);
  const std::uint64_t mask = bits >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
  registers[static_cast<std::size_t>(i.to.at(0))] = result(i, registers) & mask;
}

} // namespace emulator
