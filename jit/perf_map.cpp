#include "perf_map.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace convforge {

namespace {

using llvm::orc::MaterializationResponsibility;

class PerfMap : public llvm::orc::ObjectLinkingLayer::Plugin {
public:
  explicit PerfMap(std::string label) : label_(std::move(label)) {}

  void modifyPassConfig(MaterializationResponsibility & /*responsibility*/,
                        llvm::jitlink::LinkGraph & /*graph*/,
                        llvm::jitlink::PassConfiguration &passes) override {
    passes.PostFixupPasses.push_back([this](llvm::jitlink::LinkGraph &graph) {
      append(lines_of(graph));
      return llvm::Error::success();
    });
  }
  llvm::Error notifyFailed(MaterializationResponsibility & /*responsibility*/) override {
    return llvm::Error::success();
  }
  llvm::Error notifyRemovingResources(llvm::orc::JITDylib & /*library*/,
                                      llvm::orc::ResourceKey /*key*/) override {
    return llvm::Error::success();
  }
  void notifyTransferringResources(llvm::orc::JITDylib & /*library*/, llvm::orc::ResourceKey /*to*/,
                                   llvm::orc::ResourceKey /*from*/) override {}

private:
  std::string lines_of(llvm::jitlink::LinkGraph &graph) const {
    std::string lines;
    for (const llvm::jitlink::Symbol *symbol : graph.defined_symbols())
      if (symbol->isCallable() && symbol->hasName())
        lines += fmt::format("{:x} {:x} {} {}\n", symbol->getAddress().getValue(), symbol->getSize(), label_,
                             std::string_view(symbol->getName()));
    return lines;
  }

  /// In one write at the end, so that kernels loaded at once do not mix. Anyone may have put something of
  /// that name into /tmp: a pipe is not waited for (O_NONBLOCK), a link not followed.
  static void append(const std::string &lines) {
    const std::string path = fmt::format("/tmp/perf-{}.map", getpid());
    const int file =
        open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (file < 0)
      return;
    if (is_own(file)) [[maybe_unused]]
      const ssize_t written = write(file, lines.data(), lines.size());
    close(file);
  }

  /// A regular file of this user, and of no other name: a second one is a file of another sense.
  static bool is_own(int file) {
    struct stat status = {};
    return fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid() &&
           status.st_nlink == 1;
  }

  std::string label_;
};

} // namespace

std::shared_ptr<llvm::orc::ObjectLinkingLayer::Plugin> perf_map_plugin(std::string label) {
  return std::make_shared<PerfMap>(std::move(label));
}

} // namespace convforge
