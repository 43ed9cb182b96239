// `convforge tune` as a user runs it.
#include "program.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

using namespace convforge;
using nlohmann::json;
using testing::HasSubstr;

namespace {

std::string content(const std::string &path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

class Tune : public testing::Test {
protected:
  Tune() {
    setenv("CONVFORGE_MACHINE", "haswell", 1);
    std::ofstream(list_) << "ic8ih14oc16oh14kh3ph1n\"a\"\nic16ih14oc16oh14kh1n\"b\" --epilogue bias,relu\n"
                            "g8ic8ih14oc8oh14kh3ph1n\"c\"\n";
  }
  ~Tune() override {
    unsetenv("CONVFORGE_MACHINE");
    unsetenv("CONVFORGE_PLANS");
  }
  json tune(const std::string &flags = {}) const {
    return json::parse(
        output_of("tune --batch " + list_ + " --db " + db_ +
                  " --target x86-64-sse41 --candidates 3 --neighbours 2 --slice 0.001 --json " + flags));
  }

  const ScratchDirectory scratch_;
  const std::string list_ = scratch_ / "layers.txt", db_ = scratch_ / "tuned.json";
};

TEST_F(Tune, GoesOnWhereItWasStopped) {
  const json first = tune("--time-limit 0.000001");
  EXPECT_EQ(first["tuned"], 0);
  EXPECT_EQ(first["left"], 3);
  std::ofstream(scratch_ / "one.txt") << "ic16ih14oc16oh14kh1\n"; // "b" by another epilogue
  output_of("tune --batch " + (scratch_ / "one.txt") + " --db " + db_ +
            " --target x86-64-sse41 --candidates 2 --neighbours 0 --slice 0.001");
  const std::string before = content(db_);
  const json second = tune();
  EXPECT_EQ(second["tuned"], 2);
  EXPECT_EQ(second["there_before"], 1);
  EXPECT_EQ(second["machine"], "haswell");
  const std::string entry =
      before.substr(before.find("\n{") + 2, before.rfind("\n]") - before.find("\n{") - 2);
  EXPECT_THAT(content(db_), HasSubstr(entry)) << "what was there stays";
  const std::string after = content(db_);
  EXPECT_EQ(tune()["there_before"], 3);
  EXPECT_EQ(content(db_), after);
  EXPECT_THAT(scratch_.names(), testing::ElementsAre("layers.txt", "one.txt", "tuned.json"));
}

TEST_F(Tune, ItsPlansAreUsedOnThatMachineClassOnly) {
  tune("--jobs 2");
  setenv("CONVFORGE_PLANS", db_.c_str(), 1);
  const std::string explain = "explain --problem ic8ih14oc16oh14kh3ph1 --target x86-64-sse41 --json";
  const json tuned = json::parse(output_of(explain));
  EXPECT_THAT(tuned["why"], HasSubstr("tuned on haswell"));
  EXPECT_EQ(tuned["plan_from"], "tuned");
  setenv("CONVFORGE_MACHINE", "zen5", 1);
  EXPECT_EQ(json::parse(output_of(explain))["plan_from"], "model");
}

TEST_F(Tune, SeveralAtOnceLoseNothingOfEachOther) {
  constexpr int runs = 3, problems = 4;
  std::vector<std::jthread> threads;
  for (int run = 0; run < runs; ++run) {
    const std::string list = scratch_ / ("list" + std::to_string(run));
    for (int i = 1; i <= problems; ++i)
      std::ofstream(list, std::ios::app) << "ic" << i << "ih5oc" << run + 1 << "kh1\n";
    threads.emplace_back([this, list] {
      output_of("tune --batch " + list + " --db " + db_ +
                " --target x86-64-sse41 --candidates 2 --neighbours 0 --slice 0.001");
    });
  }
  threads.clear();
  EXPECT_EQ(json::parse(content(db_))["plans"].size(), static_cast<std::size_t>(runs * problems));
}

TEST_F(Tune, WritesThroughALinkAndKeepsTheMode) {
  const std::string far = scratch_ / "far.json";
  std::ofstream(far) << R"({"format": 1, "plans": []})";
  std::filesystem::permissions(far, std::filesystem::perms(0600));
  std::filesystem::create_symlink("far.json", db_);
  EXPECT_EQ(tune()["tuned"], 3);
  EXPECT_TRUE(std::filesystem::is_symlink(db_));
  EXPECT_EQ(json::parse(content(far))["plans"].size(), 3u);
  EXPECT_EQ(std::filesystem::status(far).permissions(), std::filesystem::perms(0600));
}

TEST_F(Tune, LeavesABrokenFileAsItIs) {
  std::ofstream(db_) << "{\"format\": 1, \"plans\": [";
  expect_error("tune --batch " + list_ + " --db " + db_ + " --target x86-64-sse41", "tuned.json");
  EXPECT_EQ(content(db_), "{\"format\": 1, \"plans\": [");
}

TEST_F(Tune, RefusesWhatItCannotDo) {
  expect_usage_error("tune --batch " + list_, "--db");
  expect_error("tune --batch " + list_ + " --db " + db_ + " --algorithm direct", "--algorithm");
  expect_usage_error("tune --batch " + list_ + " --db " + db_ + " --candidates 0", "--candidates");
}

/// Parts of a list, each tuned into a file of its own, and the files joined.
TEST_F(Tune, PartsOfAListMakeUpTheWhole) {
  const std::string one = scratch_ / "1.json", two = scratch_ / "2.json";
  const std::string rules = " --target x86-64-sse41 --candidates 2 --neighbours 0 --slice 0.001 --json ";
  const auto part = [&](const std::string &shard, const std::string &db) {
    return json::parse(
        output_of("tune --batch " + list_ + rules + "--shard " + shard + " --db " + db))["tuned"];
  };
  EXPECT_EQ(part("1/2", one), 2); // "a" and "c"
  EXPECT_EQ(part("2/2", two), 1);
  const auto merge = [&] {
    return json::parse(output_of("tune --json --merge " + one + " " + two + " --db " + db_));
  };
  EXPECT_EQ(merge()["added"], 3);
  const std::string merged = content(db_);
  EXPECT_EQ(tune()["there_before"], 3);
  const json again = merge();
  EXPECT_EQ(again["added"], 0);
  EXPECT_EQ(again["kept"], 3);
  EXPECT_EQ(content(db_), merged);
}

TEST_F(Tune, TheFasterOfTwoPlansIsKept) {
  tune("--shard 1/3");
  json slow = json::parse(content(db_));
  ASSERT_EQ(slow["plans"].size(), 1);
  const double us = slow["plans"][0]["us"];
  slow["plans"][0]["us"] = 2 * us + 1;
  const std::string other = scratch_ / "other.json";
  std::ofstream(other) << slow.dump();
  EXPECT_EQ(json::parse(output_of("tune --json --merge " + other + " --db " + db_))["kept"], 1);
  EXPECT_EQ(json::parse(output_of("tune --json --merge " + db_ + " --db " + other))["faster"], 1);
  EXPECT_EQ(json::parse(content(other))["plans"][0]["us"], us);
}

TEST_F(Tune, WrongPartsAreErrorsThatSayWhatIsRight) {
  for (const std::string shard : {"0/2", "3/2", "1", "1/2/3", "a/b", "1/0", "-1/2", "/", "1/200000"})
    expect_error("tune --batch " + list_ + " --db " + db_ + " --shard " + shard,
                 "--shard: " + shard + " (expected I/N");
  expect_error("tune --merge " + (scratch_ / "none.json") + " --db " + db_, "--merge: ");
  EXPECT_FALSE(std::filesystem::exists(db_));
}

} // namespace
