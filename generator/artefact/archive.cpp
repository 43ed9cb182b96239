// Of emit.hpp: the static library, as LLVM writes archives.
#include "artefact/emit.hpp"
#include "base/error.hpp"

#include <llvm/Object/ArchiveWriter.h>
#include <llvm/Support/MemoryBuffer.h>

namespace convforge {

std::vector<std::uint8_t> emit_archive(std::span<const Member> members) {
  std::vector<llvm::NewArchiveMember> list;
  for (const auto &[name, bytes] : members) {
    const llvm::StringRef text(reinterpret_cast<const char *>(bytes.data()), bytes.size());
    list.emplace_back(llvm::MemoryBufferRef(text, name));
  }
  std::string warnings;
  auto archive = llvm::writeArchiveToBuffer(
      list, llvm::SymtabWritingMode::NormalSymtab, llvm::object::Archive::K_GNU, /*Deterministic=*/true,
      /*Thin=*/false, [&](llvm::Error e) { warnings += llvm::toString(std::move(e)); });
  if (!archive)
    throw Error("archive: " + llvm::toString(archive.takeError()));
  if (!warnings.empty()) // a member without symbols would make a library that does not link
    throw Error("archive: " + warnings);
  const llvm::StringRef bytes = (*archive)->getBuffer();
  return {bytes.bytes_begin(), bytes.bytes_end()};
}

} // namespace convforge
