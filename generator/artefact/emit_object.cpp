// Of emit.hpp: constants as an ELF object.
#include "artefact/emit.hpp"
#include "base/error.hpp"
#include "base/integer.hpp"
#include "convforge/convforge.h"

#include <llvm/BinaryFormat/ELF.h>
#include <llvm/Object/ELFTypes.h>
#include <llvm/TargetParser/Triple.h>

#include <cstring>
#include <string_view>

namespace convforge {
namespace {

using Elf = llvm::object::ELF64LE;

// The sections of the object, by index. The empty .note.GNU-stack says that nothing here asks for an
// executable stack.
enum Section { null_section, rodata, note, symtab, strtab, shstrtab, section_count };
constexpr std::string_view section_names{"\0.rodata\0.note.GNU-stack\0.symtab\0.strtab\0.shstrtab\0", 51};

std::uint16_t machine_of(const Target &target) {
  switch (llvm::Triple(llvm::StringRef(target.triple)).getArch()) {
  case llvm::Triple::x86_64:
    return llvm::ELF::EM_X86_64;
  case llvm::Triple::aarch64:
    return llvm::ELF::EM_AARCH64;
  default:
    fail("target", std::string(target.triple),
         "an architecture with 64-bit little-endian ELF objects: x86-64 or aarch64");
  }
}

/// Appends pieces of a file and remembers nothing: each answers the offset where it lies.
class Bytes {
public:
  std::size_t align(std::size_t alignment) {
    bytes_.resize(round_up(bytes_.size(), alignment));
    return bytes_.size();
  }
  std::size_t add(const void *data, std::size_t size) {
    const auto *first = static_cast<const std::uint8_t *>(data);
    bytes_.insert(bytes_.end(), first, first + size);
    return bytes_.size() - size;
  }
  std::vector<std::uint8_t> &get() { return bytes_; }

private:
  std::vector<std::uint8_t> bytes_;
};

Elf::Shdr section(std::string_view name, std::uint32_t type, std::size_t offset, std::size_t size,
                  std::size_t alignment) {
  Elf::Shdr header = {};
  header.sh_name = static_cast<std::uint32_t>(section_names.find(name));
  header.sh_type = type;
  header.sh_offset = offset;
  header.sh_size = size;
  header.sh_addralign = alignment;
  return header;
}

/// Hidden, as kernels are: a shared library's constants are not another one's (compiler/object_file.cpp).
Elf::Sym hidden_object(std::size_t size) {
  Elf::Sym symbol = {};
  symbol.st_name = 1;
  symbol.setBindingAndType(llvm::ELF::STB_GLOBAL, llvm::ELF::STT_OBJECT);
  symbol.setVisibility(llvm::ELF::STV_HIDDEN);
  symbol.st_shndx = rodata;
  symbol.st_size = size;
  return symbol;
}

Elf::Ehdr file_header(const Target &target, std::size_t section_headers) {
  Elf::Ehdr header = {};
  std::memcpy(header.e_ident, llvm::ELF::ElfMagic, 4);
  header.e_ident[llvm::ELF::EI_CLASS] = llvm::ELF::ELFCLASS64;
  header.e_ident[llvm::ELF::EI_DATA] = llvm::ELF::ELFDATA2LSB;
  header.e_ident[llvm::ELF::EI_VERSION] = llvm::ELF::EV_CURRENT;
  header.e_type = llvm::ELF::ET_REL;
  header.e_machine = machine_of(target);
  header.e_version = llvm::ELF::EV_CURRENT;
  header.e_shoff = section_headers;
  header.e_ehsize = sizeof(Elf::Ehdr);
  header.e_shentsize = sizeof(Elf::Shdr);
  header.e_shnum = section_count;
  header.e_shstrndx = shstrtab;
  return header;
}

} // namespace

std::vector<std::uint8_t> emit_constants_object(const std::string &symbol,
                                                std::span<const std::uint8_t> bytes, const Target &target) {
  Bytes file;
  file.get().resize(sizeof(Elf::Ehdr));
  Elf::Shdr headers[section_count] = {};

  headers[rodata] = section(".rodata", llvm::ELF::SHT_PROGBITS, file.align(CONVFORGE_ALIGNMENT), bytes.size(),
                            CONVFORGE_ALIGNMENT);
  headers[rodata].sh_flags = llvm::ELF::SHF_ALLOC;
  file.add(bytes.data(), bytes.size());
  headers[note] = section(".note.GNU-stack", llvm::ELF::SHT_PROGBITS, file.get().size(), 0, 1);

  const Elf::Sym symbols[] = {Elf::Sym{}, hidden_object(bytes.size())};
  headers[symtab] = section(".symtab", llvm::ELF::SHT_SYMTAB, file.align(8), sizeof(symbols), 8);
  headers[symtab].sh_link = strtab;
  headers[symtab].sh_info = 1; // index of the first global symbol
  headers[symtab].sh_entsize = sizeof(Elf::Sym);
  file.add(symbols, sizeof(symbols));

  const std::string names = '\0' + symbol + '\0';
  headers[strtab] =
      section(".strtab", llvm::ELF::SHT_STRTAB, file.add(names.data(), names.size()), names.size(), 1);
  headers[shstrtab] = section(".shstrtab", llvm::ELF::SHT_STRTAB,
                              file.add(section_names.data(), section_names.size()), section_names.size(), 1);

  const Elf::Ehdr header = file_header(target, file.align(8));
  file.add(headers, sizeof(headers));
  std::memcpy(file.get().data(), &header, sizeof(header));
  return std::move(file.get());
}

} // namespace convforge
