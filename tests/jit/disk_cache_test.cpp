// Whatever happens to the directory or a file in it is a miss or a store left out. No kernel is compiled
// here.
#include "disk_cache.hpp"
#include "environment.hpp"
#include "fixture.hpp"
#include "key.hpp"
#include "restricted_process.hpp"

#include <algorithm>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace convforge {
namespace {

namespace fs = std::filesystem;
constexpr std::uint64_t plenty = 1 << 30;

std::string key_of(const Artefact &artefact) {
  return cache_key(artefact.problem, artefact.plan, artefact.target);
}

class DiskCacheTest : public testing::Test {
protected:
  void store(DiskCache &cache, int i) {
    const Artefact artefact = made_up_artefact(i);
    cache.store(key_of(artefact), encode_entry(key_of(artefact), artefact));
  }
  /// Whether an entry is answered, which then is the right one.
  bool has(const DiskCache &cache, int i) {
    const auto entry = cache.load(key_of(made_up_artefact(i)));
    if (entry)
      EXPECT_EQ(entry->object, made_up_artefact(i).object);
    return entry.has_value();
  }
  /// What is wrong with a file.
  static std::string failure_of(const fs::path &path) {
    try {
      DiskCache::read(path);
    } catch (const std::exception &error) {
      return error.what();
    }
    return "";
  }
  fs::path file_of(int i) const { return directory / "c" / entry_name(key_of(made_up_artefact(i))); }

  const ScratchDirectory directory;
  DiskCache cache{directory / "c", plenty};
};

TEST_F(DiskCacheTest, KeepsWhatWasStoredAndNothingElse) {
  EXPECT_FALSE(has(cache, 0));
  store(cache, 0);
  EXPECT_TRUE(has(cache, 0));
  EXPECT_FALSE(has(cache, 1));
  EXPECT_EQ(cache.files().size(), 1u);
  DiskCache again(directory / "c", plenty);
  EXPECT_TRUE(has(again, 0));
  EXPECT_EQ(again.clear(), 1u);
  EXPECT_FALSE(has(cache, 0));
}

TEST_F(DiskCacheTest, DirectoryAndFilesAreTheOwnersAlone) {
  store(cache, 0);
  struct stat status = {};
  ASSERT_EQ(stat((directory / "c").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0700u);
  ASSERT_EQ(stat(file_of(0).c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0600u);
}

TEST_F(DiskCacheTest, ADirectoryOthersMayWriteToIsRefused) {
  for (const mode_t mode : {0720, 0702, 01777}) {
    ASSERT_EQ(chmod((directory / "c").c_str(), mode), 0);
    DiskCache open(directory / "c", plenty);
    EXPECT_NE(open.refusal().find("chmod go-w"), std::string::npos) << open.refusal();
    store(open, 0);
    EXPECT_FALSE(has(open, 0));
  }
  ASSERT_EQ(chmod((directory / "c").c_str(), 0755), 0); // reading does no harm
  EXPECT_EQ(DiskCache(directory / "c", plenty).refusal(), "");
}

TEST_F(DiskCacheTest, TheDirectoryOfAnotherUserIsRefused) {
  if (geteuid() != 0) {
    EXPECT_NE(DiskCache("/usr", plenty).refusal().find("owned by user 0"), std::string::npos);
  } else {
    const PlainUser user(directory.path());
    EXPECT_EQ(seteuid(getuid()), 0); // root again, in nobody's directory
    EXPECT_NE(DiskCache(directory / "c", plenty).refusal().find("owned by user 65534"), std::string::npos);
  }
}

TEST_F(DiskCacheTest, AFileOthersMayWriteToIsAMiss) {
  store(cache, 0);
  ASSERT_EQ(chmod(file_of(0).c_str(), 0620), 0);
  EXPECT_FALSE(has(cache, 0));
}

TEST_F(DiskCacheTest, AFileOfAnotherUserIsAMiss) {
  fs::path foreign = "/etc/passwd";
  if (geteuid() == 0) { // to whom that file belongs, and who can give one away
    store(cache, 0);
    foreign = file_of(0);
    ASSERT_EQ(chown(foreign.c_str(), PlainUser::nobody, PlainUser::nobody), 0);
    EXPECT_FALSE(has(cache, 0));
  }
  EXPECT_NE(failure_of(foreign).find("owned by user"), std::string::npos) << failure_of(foreign);
}

TEST_F(DiskCacheTest, DamagedFilesAreMissesAndAreReplaced) {
  store(cache, 0);
  const std::vector<std::uint8_t> whole = read_bytes(file_of(0));
  std::vector<std::uint8_t> flipped = whole, newer = whole;
  flipped[whole.size() / 2] ^= 16;
  newer[8]++;
  const std::vector<std::uint8_t> half(whole.begin(), whole.begin() + std::ssize(whole) / 2);
  for (const auto &damaged : {flipped, newer, half, {}, std::vector<std::uint8_t>(5000, 'x')}) {
    write_bytes(file_of(0), damaged);
    EXPECT_FALSE(has(cache, 0));
    store(cache, 0);
    EXPECT_TRUE(has(cache, 0));
  }
}

TEST_F(DiskCacheTest, TheEntryOfAnotherKernelIsAMiss) {
  store(cache, 1);
  fs::copy_file(file_of(1), file_of(0));
  EXPECT_FALSE(has(cache, 0));
  EXPECT_NE(failure_of(file_of(0)).find("key: of another entry"), std::string::npos);
  EXPECT_EQ(failure_of(file_of(1)), "");
}

TEST_F(DiskCacheTest, WhatIsNoFileIsAMiss) {
  store(cache, 0);
  fs::rename(file_of(0), directory / "elsewhere"); // a whole entry of this very kernel, behind a link
  fs::create_symlink(directory / "elsewhere", file_of(0));
  EXPECT_FALSE(has(cache, 0));
  fs::remove(file_of(0));
  fs::create_directory(file_of(0));
  EXPECT_FALSE(has(cache, 0));
  store(cache, 0); // cannot replace a directory
  EXPECT_FALSE(has(cache, 0));
  fs::remove(file_of(0));
  ASSERT_EQ(mkfifo(file_of(0).c_str(), 0600), 0); // must not wait for a writer
  EXPECT_FALSE(has(cache, 0));
  EXPECT_NE(failure_of(file_of(0)).find("a regular file"), std::string::npos);
}

// Reading it would take as much memory as it claims to have.
TEST_F(DiskCacheTest, AFileLargerThanAnyKernelIsAMiss) {
  store(cache, 0);
  ASSERT_EQ(truncate(file_of(0).c_str(), off_t{1} << 40), 0); // sparse: it takes no room
  EXPECT_FALSE(has(cache, 0));
  const std::string failure = failure_of(file_of(0)); // its size, not memory that was not to be had
  EXPECT_NE(failure.find("1099511627776 bytes (expected at most"), std::string::npos) << failure;
  store(cache, 0);
  EXPECT_TRUE(has(cache, 0));
}

TEST_F(DiskCacheTest, EachTroubleIsOneLineWhenVerboseAndNoneOtherwise) {
  const auto lines_of = [](const auto &action) {
    testing::internal::CaptureStderr();
    action();
    const std::string text = testing::internal::GetCapturedStderr();
    return std::ranges::count(text, '\n');
  };
  const std::vector<std::uint8_t> damage = {1, 2, 3};
  for (const bool asked : {true, false}) {
    DiskCache cache(directory / "c", plenty, Verbose(asked));
    const auto unused = [&] { EXPECT_FALSE(has(cache, 0)); };
    const auto not_stored = [&] { store(cache, 0); };
    const auto refused = [&] { DiskCache(directory / "file", plenty, Verbose(asked)); };
    fs::remove_all(file_of(0));
    EXPECT_EQ(lines_of(unused), 0); // not there is no trouble
    write_bytes(file_of(0), damage);
    EXPECT_EQ(lines_of(unused), asked);
    fs::remove(file_of(0));
    fs::create_directory(file_of(0));
    EXPECT_EQ(lines_of(unused), asked);
    EXPECT_EQ(lines_of(not_stored), asked);
    write_bytes(directory / "file", damage);
    EXPECT_EQ(lines_of(refused), asked);
  }
}

TEST_F(DiskCacheTest, AnUnreadableFileIsAMiss) {
  store(cache, 0);
  const PlainUser user(directory.path());
  EXPECT_TRUE(has(cache, 0));
  ASSERT_EQ(chmod(file_of(0).c_str(), 0), 0);
  EXPECT_FALSE(has(cache, 0));
}

TEST_F(DiskCacheTest, AMissingOrImpossibleDirectoryIsNoError) {
  fs::remove_all(directory / "c");
  store(cache, 0);
  EXPECT_FALSE(has(cache, 0));
  write_bytes(directory / "file", {1});
  for (const fs::path &path :
       {directory / "file", directory / "file" / "c", fs::path("/proc/none/c"), fs::path()}) {
    DiskCache none(path, plenty);
    EXPECT_NE(none.refusal(), "") << path;
    store(none, 0);
    EXPECT_FALSE(has(none, 0));
    EXPECT_TRUE(none.files().empty());
    EXPECT_EQ(none.clear(), 0u);
  }
}

TEST_F(DiskCacheTest, AReadOnlyDirectoryServesAndIsNotWrittenTo) {
  store(cache, 0);
  const PlainUser user(directory.path());
  ASSERT_EQ(chmod((directory / "c").c_str(), 0500), 0);
  store(cache, 1);
  EXPECT_TRUE(has(cache, 0));
  EXPECT_FALSE(has(cache, 1));
  ASSERT_EQ(chmod((directory / "c").c_str(), 0700), 0);
}

TEST_F(DiskCacheTest, AFullDiskLeavesNothingBehind) {
  {
    const FullDisk full(100);
    store(cache, 0);
  }
  EXPECT_FALSE(has(cache, 0));
  EXPECT_TRUE(fs::is_empty(directory / "c"));
}

TEST_F(DiskCacheTest, WhatIsUsedLongestAgoGoesWhenTheCacheIsFull) {
  store(cache, 0);
  const std::uint64_t bytes = fs::file_size(file_of(0));
  DiskCache small(directory / "c", 4 * bytes + bytes / 2);
  for (int i = 0; i < 4; i++) {
    store(small, i);
    fs::last_write_time(file_of(i), fs::file_time_type::clock::now() - std::chrono::hours(9 - i));
  }
  EXPECT_TRUE(has(small, 0)); // a use
  store(small, 4);
  EXPECT_TRUE(has(small, 0));
  EXPECT_FALSE(has(small, 1));
  EXPECT_TRUE(has(small, 4));
  EXPECT_LE(small.files().size(), 4u);
}

TEST_F(DiskCacheTest, AbandonedTemporaryFilesGo) {
  const fs::path old = directory / "c" / ".writing-old", young = directory / "c" / ".writing-young";
  write_bytes(old, {1});
  write_bytes(young, {1});
  fs::last_write_time(old, fs::file_time_type::clock::now() - std::chrono::hours(2));
  store(cache, 0);
  EXPECT_FALSE(fs::exists(old));
  EXPECT_TRUE(fs::exists(young));
}

TEST_F(DiskCacheTest, FilesThatAreNotTheCachesStay) {
  store(cache, 0);
  const std::string name = file_of(0).filename().string();
  const std::vector<std::string> others = {"notes.kernel", std::string("x").append(name), name.substr(1),
                                           name + "~"};
  for (const std::string &other : others)
    write_bytes(directory / "c" / other, {1});
  EXPECT_EQ(cache.files().size(), 1u);
  DiskCache small(directory / "c", 1);
  store(small, 0); // more than the bound: all entries go
  EXPECT_EQ(cache.files().size(), 0u);
  store(cache, 0);
  EXPECT_EQ(cache.clear(), 1u);
  for (const std::string &other : others)
    EXPECT_TRUE(fs::exists(directory / "c" / other)) << other;
}

TEST_F(DiskCacheTest, ReadersNeverSeeAHalfWrittenEntry) {
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 2; writer++)
    writers.emplace_back([&] {
      for (int i = 0; i < 50; i++)
        store(cache, 0);
    });
  while (!fs::exists(file_of(0)))
    std::this_thread::yield();
  for (int i = 0; i < 200; i++)
    EXPECT_TRUE(has(cache, 0));
  for (std::thread &writer : writers)
    writer.join();
  EXPECT_EQ(std::distance(fs::directory_iterator(directory / "c"), {}), 1);
}

} // namespace
} // namespace convforge
