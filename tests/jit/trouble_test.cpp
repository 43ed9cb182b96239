// Every trouble that a disk cache can have, by name, as the user of a Jit meets it: a right answer, one line
// when verbose, and a sound cache afterwards. The compiler is stored_compiler.cpp.
#include "fixture.hpp"
#include "private_file.hpp"
#include "restricted_process.hpp"
#include "stored_compiler.hpp"
#include "stored_run.hpp"

#include <cstdlib>
#include <ostream>
#include <sstream>
#include <sys/stat.h>

namespace convforge {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::uint8_t>;

struct Trouble {
  const char *name;
  /// Befalls the directory or the only entry in it.
  void (*befall)(const fs::path &directory, const fs::path &entry);
  bool while_open = false; ///< after the Jit was made, not before
  bool mended = false;     ///< by the next store, so that the next Jit finds the entry
};

void PrintTo(const Trouble &trouble, std::ostream *stream) {
  *stream << trouble.name;
}

template <typename Edit>
void change(const fs::path &entry, Edit edit) {
  Bytes bytes = read_bytes(entry);
  edit(bytes);
  write_bytes(entry, bytes);
}

const Trouble troubles[] = {
    {.name = "Truncated",
     .befall = [](auto &, auto &entry) { change(entry, [](Bytes &b) { b.resize(b.size() / 2); }); },
     .mended = true},
    {.name = "BitFlipped",
     .befall = [](auto &, auto &entry) { change(entry, [](Bytes &b) { b[b.size() / 2] ^= 4; }); },
     .mended = true},
    {.name = "OfAnotherFormatVersion",
     .befall = [](auto &, auto &entry) { change(entry, [](Bytes &b) { b[8]++; }); },
     .mended = true},
    {.name = "Empty",
     .befall = [](auto &, auto &entry) { change(entry, [](Bytes &b) { b.clear(); }); },
     .mended = true},
    {.name = "Foreign",
     .befall = [](auto &, auto &entry) { change(entry, [](Bytes &b) { b.assign(5000, 'x'); }); },
     .mended = true},
    {.name = "LargerThanAnyKernel",
     .befall = [](auto &, auto &entry) { fs::resize_file(entry, most_file_bytes + 1); },
     .mended = true},
    {.name = "Unreadable", .befall = [](auto &, auto &entry) { chmod(entry.c_str(), 0); }, .mended = true},
    {.name = "WritableByOthers",
     .befall = [](auto &, auto &entry) { chmod(entry.c_str(), 0602); },
     .mended = true},
    {.name = "ALink",
     .befall =
         [](auto &directory, auto &entry) {
           fs::rename(entry, directory / "elsewhere");
           fs::create_symlink(directory / "elsewhere", entry);
         },
     .mended = true},
    {.name = "APipe",
     .befall =
         [](auto &, auto &entry) {
           fs::remove(entry);
           mkfifo(entry.c_str(), 0600);
         },
     .mended = true},
    {.name = "DirectoryReadOnly",
     .befall =
         [](auto &directory, auto &entry) {
           fs::remove(entry);
           chmod(directory.c_str(), 0500);
         }},
    {.name = "DirectoryGone",
     .befall = [](auto &directory, auto &) { fs::remove_all(directory); },
     .while_open = true},
    {.name = "DirectoryWritableByOthers",
     .befall = [](auto &directory, auto &) { chmod(directory.c_str(), 0777); }},
    {.name = "DirectoryIsAFile",
     .befall =
         [](auto &directory, auto &) {
           fs::remove_all(directory);
           write_bytes(directory, {1});
         }},
};

class DiskTrouble : public testing::TestWithParam<Trouble> {
protected:
  DiskTrouble() {
    Jit(options).compile(problem).value(); // stored
    entry = fs::directory_iterator(options.cache_dir)->path();
    setenv("CONVFORGE_VERBOSE", "1", 1);
  }
  ~DiskTrouble() override { unsetenv("CONVFORGE_VERBOSE"); }

  /// Asks a new Jit for the kernel, with the trouble, and runs it. Answers what was said of the disk cache.
  std::vector<std::string> lines_of(const Trouble &trouble) const {
    testing::internal::CaptureStderr();
    if (!trouble.while_open)
      trouble.befall(options.cache_dir, entry);
    Jit jit(options);
    if (trouble.while_open)
      trouble.befall(options.cache_dir, entry);
    const auto kernel = jit.compile(problem);
    std::istringstream text(testing::internal::GetCapturedStderr());
    EXPECT_EQ(kernel->origin(), JitKernel::Origin::compiled);
    expect_runs(*kernel);
    std::vector<std::string> lines;
    for (std::string line; std::getline(text, line);)
      if (line.find("disk cache") != line.npos)
        lines.push_back(line);
    return lines;
  }

  const ScratchDirectory directory;
  const JitOptions options{.cache_dir = directory / "c", .target = stored_target};
  const Problem problem = small_problem(0);
  fs::path entry;
};

TEST_P(DiskTrouble, IsOneLineAndARightAnswer) {
  const PlainUser user(directory.path());
  EXPECT_EQ(lines_of(GetParam()).size(), 1u);
  Jit next(options);
  EXPECT_EQ(next.compile(problem)->origin(),
            GetParam().mended ? JitKernel::Origin::disk : JitKernel::Origin::compiled);
  chmod(options.cache_dir.c_str(), 0700); // so that it can be removed
}

INSTANTIATE_TEST_SUITE_P(Named, DiskTrouble, testing::ValuesIn(troubles),
                         [](const auto &test) { return std::string(test.param.name); });

TEST_F(DiskTrouble, AFullDiskIsOneLineAndARightAnswerAndLeavesNothing) {
  const FullDisk full(1024); // room for what is said, not for an entry
  EXPECT_GT(fs::file_size(entry), 1024u);
  EXPECT_EQ(lines_of({.name = "NotThere", .befall = [](auto &, auto &file) { fs::remove(file); }}).size(),
            1u);
  EXPECT_TRUE(fs::is_empty(options.cache_dir));
}

} // namespace
} // namespace convforge
