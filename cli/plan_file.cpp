#include "cli/plan_file.hpp"

#include "base/directory_lock.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/named_descriptor.hpp"
#include "base/text_file.hpp"

#include <filesystem>
#include <fmt/format.h>

namespace convforge::cli {

namespace {

TunedPlans parse_whole(const std::string &option, const std::string &path) {
  ParsedPlans parsed = TunedPlans::parse(read_text_file(option, path), path);
  if (!parsed.complaints.empty())
    throw Error(parsed.complaints.front() + ": the file stays as it is");
  return std::move(parsed.plans);
}

} // namespace

TunedPlans read_plan_file(const std::string &option, const std::string &path) {
  return std::filesystem::exists(path) ? parse_whole(option, path) : TunedPlans();
}

TunedPlans update_plan_file(const std::string &option, const std::string &path,
                            const std::function<void(TunedPlans &plans)> &change) {
  const DirectoryLock lock(without_links(path).parent_path()); // nobody writes between reading and writing
  if (!lock.held())
    fmt::print(stderr, "convforge: {}: its file system has no locks: another tune may lose these plans\n",
               path);
  TunedPlans plans = read_plan_file(option, path);
  change(plans);
  write_file_atomically(path, to_bytes(plans.text()));
  return plans;
}

Merged merge_plan_files(const std::vector<std::string> &files, const std::string &path) {
  std::vector<TunedPlans> others;
  others.reserve(files.size());
  for (const std::string &file : files)
    others.push_back(parse_whole("--merge", file)); // all of them, before anything is written
  Merged merged;
  update_plan_file("--db", path, [&](TunedPlans &plans) {
    for (const TunedPlans &other : others)
      for (const auto &[key, plan] : other) {
        const TunedPlan *there = plans.find(key);
        ++(there == nullptr ? merged.added : plan.us < there->us ? merged.faster : merged.kept);
        if (there == nullptr || plan.us < there->us)
          plans.put(key, plan);
      }
  });
  return merged;
}

} // namespace convforge::cli
