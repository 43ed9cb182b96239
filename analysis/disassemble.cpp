#include "analysis/disassemble.hpp"

#include "analysis/decoder.hpp"
#include "base/error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <llvm/Object/ELFObjectFile.h>
#include <llvm/Support/Error.h>

#include <algorithm>
#include <map>

namespace convforge {
namespace {

using llvm::object::ELFObjectFileBase;
using llvm::object::ELFRelocationRef;
using llvm::object::ELFSymbolRef;
using llvm::object::SectionRef;

template <typename T>
T need(llvm::Expected<T> value) {
  if (value)
    return std::move(*value);
  throw Error("object: " + llvm::toString(value.takeError()) + " (expected a relocatable ELF file)");
}

/// A function symbol's place in its section.
struct Place {
  std::string name;
  std::uint64_t begin = 0, end = 0;
};

/// The functions of every code section by address, one name for each address.
using Places = std::map<SectionRef, std::vector<Place>>;

Places find_functions(const ELFObjectFileBase &object) {
  Places places;
  for (const ELFSymbolRef symbol : object.symbols()) {
    if (symbol.getELFType() != llvm::ELF::STT_FUNC || need(symbol.getSection()) == object.section_end())
      continue;
    const std::uint64_t begin = need(symbol.getValue());
    places[*need(symbol.getSection())].push_back(
        {need(symbol.getName()).str(), begin, begin + symbol.getSize()});
  }
  for (auto &[section, functions] : places) {
    std::ranges::sort(functions, {}, [](const Place &place) { return std::pair(place.begin, place.name); });
    const auto aliases = std::ranges::unique(functions, {}, &Place::begin);
    functions.erase(aliases.begin(), aliases.end());
  }
  return places;
}

const Place *place_at(const Places &places, const SectionRef &section, std::uint64_t address) {
  const auto found = places.find(section);
  if (found == places.end())
    return nullptr;
  const auto place = std::ranges::find(found->second, address, &Place::begin);
  return place == found->second.end() ? nullptr : &*place;
}

/// What the relocation at the tail of `instruction` names: a function of this object by its own name, even
/// where the relocation is against its section, else the symbol.
std::string named_by(const ELFRelocationRef &relocation, const Instruction &instruction,
                     const ELFObjectFileBase &object, const Places &places) {
  const ELFSymbolRef symbol = *relocation.getSymbol();
  const auto section = need(symbol.getSection());
  if (section != object.section_end()) {
    // The addend of a relocation relative to the program counter counts from the field, the processor from
    // the next instruction.
    const std::int64_t to_next =
        object.getArch() == llvm::Triple::aarch64 // the addend counts from the symbol
            ? 0
            : static_cast<std::int64_t>(instruction.address + instruction.size - relocation.getOffset());
    const std::int64_t addend = relocation.getAddend() ? *relocation.getAddend() : 0;
    if (const Place *place = place_at(places, *section, need(symbol.getValue()) + addend + to_next))
      return place->name;
  }
  return need(symbol.getName()).str();
}

class Reader {
public:
  Reader(const ELFObjectFileBase &object, const Target &target)
      : object_(object), places_(find_functions(object)), decoder_(target) {}

  std::vector<Function> read() const {
    std::vector<Function> functions;
    for (const SectionRef &section : object_.sections())
      if (const auto places = places_.find(section); places != places_.end() && section.isText())
        read(section, places->second, functions);
    return functions;
  }

private:
  using Relocations = std::map<std::uint64_t, ELFRelocationRef>;

  void read(const SectionRef &section, const std::vector<Place> &places,
            std::vector<Function> &functions) const {
    const llvm::StringRef code = need(section.getContents());
    const std::span bytes(reinterpret_cast<const std::uint8_t *>(code.data()), code.size());
    const Relocations relocations = relocations_of(section);
    for (const Place &place : places) {
      Function function{place.name, {}};
      const std::uint64_t end = std::min<std::uint64_t>(place.end, bytes.size());
      for (std::uint64_t at = place.begin; at < end; at += function.instructions.back().size) {
        function.instructions.push_back(decoder_.decode(bytes.subspan(at), at));
        resolve(function.instructions.back(), section, place, relocations);
      }
      functions.push_back(std::move(function));
    }
  }

  Relocations relocations_of(const SectionRef &code) const {
    Relocations relocations;
    for (const SectionRef &section : object_.sections())
      if (const auto patched = need(section.getRelocatedSection());
          patched != object_.section_end() && *patched == code)
        for (const ELFRelocationRef relocation : section.relocations())
          relocations.emplace(relocation.getOffset(), relocation);
    return relocations;
  }

  /// Fills in the symbol, keeps `target` only where it lies in the same function, and writes either into the
  /// operand.
  void resolve(Instruction &instruction, const SectionRef &section, const Place &place,
               const Relocations &relocations) const {
    const auto relocation = relocations.lower_bound(instruction.address);
    if (relocation != relocations.end() && relocation->first < instruction.address + instruction.size) {
      instruction.symbol = named_by(relocation->second, instruction, object_, places_);
      instruction.target.reset();
    } else if (instruction.target && (instruction.flow == Flow::next || *instruction.target < place.begin ||
                                      *instruction.target >= place.end)) {
      if (const Place *callee = place_at(places_, section, *instruction.target))
        instruction.symbol = callee->name;
      instruction.target.reset();
    }
    if (instruction.target && !instruction.operands.empty())
      instruction.operands.back() = fmt::format(".L{:x}", *instruction.target);
    else if (instruction.flow == Flow::call && !instruction.symbol.empty())
      instruction.operands = {instruction.symbol};
  }

  const ELFObjectFileBase &object_;
  Places places_;
  Decoder decoder_;
};

} // namespace

std::string Instruction::text() const {
  return operands.empty() ? mnemonic : fmt::format("{} {}", mnemonic, fmt::join(operands, ", "));
}

std::vector<Function> disassemble(std::span<const std::uint8_t> object, const Target &target) {
  const llvm::StringRef bytes(reinterpret_cast<const char *>(object.data()), object.size());
  const auto file =
      need(llvm::object::ObjectFile::createELFObjectFile(llvm::MemoryBufferRef(bytes, "object")));
  return Reader(llvm::cast<ELFObjectFileBase>(*file), target).read();
}

} // namespace convforge
