#include "program.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

using namespace convforge;

namespace {

class Cache : public testing::Test {
protected:
  std::string in_cache() const { return " --cache-dir " + (directory / "c"); }
  nlohmann::json list() const { return nlohmann::json::parse(output_of("cache list --json" + in_cache())); }
  const ScratchDirectory directory;
};

TEST_F(Cache, CheckRunAndBenchFillItAndTheCommandLooksAfterIt) {
  output_of("check --problem ic2ih3oc2kh1" + in_cache());
  write_npy(directory / "x.npy", {1, 3, 3, 2}, std::vector<float>(18));
  write_npy(directory / "w.npy", {1, 1, 2, 2}, std::vector<float>(4));
  output_of("run --problem ic2ih3oc2kh1 --input " + (directory / "x.npy") + " --weights " +
            (directory / "w.npy") + " --output " + (directory / "y.npy") + in_cache()); // the same kernel
  output_of("bench --problem ic2ih3oc2kh1 --min-time 0" + in_cache());                  // and again
  const auto entries = list().at("entries");
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].at("problem").get<std::string>().find("g1mb1ic2ih3iw3oc2"), 0u);
  EXPECT_TRUE(entries[0].at("valid").get<bool>());
  EXPECT_TRUE(entries[0].at("of_this_build").get<bool>());
  EXPECT_NE(output_of("cache verify" + in_cache()).find("1 entries, 1 whole, 0 damaged"), std::string::npos);

  std::ofstream((directory / "c/") + entries[0].at("file").get<std::string>()) << "damage";
  const ProcessResult verified = run_convforge("cache verify" + in_cache());
  EXPECT_EQ(verified.exit_code, 1);
  EXPECT_NE(verified.output.find("DAMAGED"), std::string::npos);
  EXPECT_FALSE(list().at("entries")[0].at("valid").get<bool>());
  output_of("check --problem ic2ih3oc2kh1" + in_cache()); // compiles again
  EXPECT_TRUE(list().at("entries")[0].at("valid").get<bool>());

  EXPECT_NE(output_of("cache clear" + in_cache()).find("1 entries removed"), std::string::npos);
  EXPECT_EQ(list().at("entries").size(), 0u);
}

TEST_F(Cache, PathIsWhatTheFlagSays) {
  EXPECT_EQ(output_of("cache path --cache-dir /a/b"), "/a/b\n");
}

TEST_F(Cache, ADirectoryThatIsMissingOrOpenToOthersIsNamed) {
  expect_error("cache list --cache-dir /no/such/place", "which is not there");
  std::filesystem::create_directory(directory / "open");
  std::filesystem::permissions(directory / "open", std::filesystem::perms::all);
  expect_error("cache list --cache-dir " + (directory / "open"), "chmod go-w");
}

} // namespace
