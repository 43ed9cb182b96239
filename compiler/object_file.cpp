#include "compiler/object_file.hpp"

#include "base/error.hpp"

#include <llvm/ADT/SmallString.h>
#include <llvm/BinaryFormat/ELF.h>
#include <llvm/ObjCopy/ConfigManager.h>
#include <llvm/ObjCopy/ObjCopy.h>
#include <llvm/Object/ELFObjectFile.h>
#include <llvm/Object/ObjectFile.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/raw_ostream.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace convforge {

namespace {

using llvm::object::ObjectFile;
using llvm::object::SymbolRef;

/// What a kernel may ask of the runtime, by Halide's name and by ours, and of libc.
constexpr std::pair<std::string_view, std::string_view> hooks[] = {
    {"halide_malloc", "convforge_workspace_take"},
    {"halide_free", "convforge_workspace_give"},
    {"halide_do_par_for", "convforge_parallel_for"},
    {"memcpy", "memcpy"},
    {"memset", "memset"},
};

template <typename T>
T value(llvm::Expected<T> expected, const char *what) {
  if (!expected)
    throw Error(std::string("object file: ") + what + ": " + llvm::toString(expected.takeError()));
  return std::move(*expected);
}

std::unique_ptr<ObjectFile> open_object(const std::vector<std::uint8_t> &bytes) {
  const llvm::StringRef text(reinterpret_cast<const char *>(bytes.data()), bytes.size());
  return value(ObjectFile::createObjectFile(llvm::MemoryBufferRef(text, "kernel")), "not readable");
}

struct Rename {
  std::string from, to;
  bool local; ///< defined here and not for users
};

/// Every function and hook, in the order of the symbol table.
std::vector<Rename> renames(const ObjectFile &object, const std::string &function,
                            const std::string &symbol) {
  std::vector<Rename> all;
  int tasks = 0;
  for (const SymbolRef &ref : object.symbols()) {
    const std::string name = value(ref.getName(), "symbol").str();
    if (name.empty())
      continue;
    if (value(ref.getFlags(), "symbol") & SymbolRef::SF_Undefined) {
      const auto *const hook = std::ranges::find(hooks, name, [](const auto &one) { return one.first; });
      if (hook == std::end(hooks))
        throw Error("object file: the kernel needs the symbol " + name + ", which the runtime does not have");
      all.push_back({name, std::string(hook->second), false});
    } else if (name == function + "_argv") {
      all.push_back({name, symbol, false});
    } else if (name == function) {
      all.push_back({name, symbol + ".body", true});
    } else if (value(ref.getType(), "symbol") == SymbolRef::ST_Function) {
      all.push_back({name, symbol + ".task" + std::to_string(tasks++), true});
    }
  }
  return all;
}

void add(llvm::objcopy::NameMatcher &matcher, llvm::StringRef name) {
  const auto pass_on = [](llvm::Error error) { return error; };
  if (llvm::Error error = matcher.addMatcher(
          llvm::objcopy::NameOrPattern::create(name, llvm::objcopy::MatchStyle::Literal, pass_on))) {
    throw Error("object file: " + llvm::toString(std::move(error)));
  }
}

/// The linker binds what is hidden within one program or shared library: another one's kernel of the same
/// name cannot take its place when a program loads both.
void hide(llvm::objcopy::ELFConfig &config, llvm::StringRef name) {
  config.SymbolsToSetVisibility.emplace_back(llvm::objcopy::NameMatcher(), llvm::ELF::STV_HIDDEN);
  add(config.SymbolsToSetVisibility.back().first, name);
}

} // namespace

std::vector<std::uint8_t> canonical_object(const std::vector<std::uint8_t> &bytes,
                                           const std::string &function, const std::string &symbol) {
  const std::unique_ptr<ObjectFile> object = open_object(bytes);
  llvm::objcopy::ConfigManager config; // keeps references to the names: `all` and `object` outlive it
  const std::vector<Rename> all = renames(*object, function, symbol);
  for (const Rename &rename : all) {
    config.Common.SymbolsToRename[rename.from] = rename.to;
    if (rename.local)
      add(config.Common.SymbolsToLocalize, rename.from);
    else if (rename.to == symbol)
      hide(config.ELF, rename.from);
  }
  add(config.Common.ToRemove, ".comment");
  add(config.Common.SymbolsToRemove, "force_include_types.cpp"); // the name of a file inside Halide
  for (const llvm::object::SectionRef &section : object->sections()) {
    const llvm::StringRef name = value(section.getName(), "section");
    if (name.starts_with(".text."))
      config.Common.SectionsToRename[name] = llvm::objcopy::SectionRename{name, ".text", std::nullopt};
  }
  llvm::SmallString<0> output;
  llvm::raw_svector_ostream stream(output);
  if (llvm::Error error = llvm::objcopy::executeObjcopyOnBinary(config, *object, stream))
    throw Error("object file: " + llvm::toString(std::move(error)));
  return {output.begin(), output.end()};
}

std::vector<std::span<const std::uint8_t>> code_sections(const std::vector<std::uint8_t> &bytes) {
  const std::unique_ptr<ObjectFile> object = open_object(bytes);
  std::vector<std::span<const std::uint8_t>> sections;
  for (const llvm::object::SectionRef &section : object->sections()) {
    if (!section.isText())
      continue;
    const llvm::StringRef code = value(section.getContents(), "section");
    sections.emplace_back(code.bytes_begin(), code.size());
  }
  return sections;
}

std::size_t code_bytes(const std::vector<std::uint8_t> &bytes) {
  std::size_t total = 0;
  for (const std::span<const std::uint8_t> section : code_sections(bytes))
    total += section.size();
  return total;
}

} // namespace convforge
