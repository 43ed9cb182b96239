// `convforge cache`: what the cache of compiled kernels holds, where it is, and how to empty it.
#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "cli/report/table.hpp"

#include "base/error.hpp"
#include "convforge/jit.hpp"
#include "disk_cache.hpp"
#include "key.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>

namespace convforge::cli {
namespace {

struct CacheFlags {
  std::string directory;
  bool json = false;
};

/// The cache's directory as it is: nothing is made here. Throws Error when it may not be used.
std::unique_ptr<DiskCache> open_cache(const CacheFlags &flags) {
  const std::filesystem::path directory = cache_directory(flags.directory);
  if (!std::filesystem::exists(directory))
    fail("cache directory", directory.string() + ", which is not there",
         "one that run, check, bench or a JIT have used, or --cache-dir");
  auto cache = std::make_unique<DiskCache>(directory, JitOptions().disk_bytes);
  if (!cache->refusal().empty())
    throw Error("cache directory: " + cache->refusal());
  return cache;
}

/// The value of a line "field: value" of a key.
std::string field_of(const std::string &key, const std::string &field) {
  const std::string begin = field + ": ";
  const std::size_t at = key.starts_with(begin) ? 0 : key.find("\n" + begin);
  if (at == key.npos)
    return "";
  const std::size_t value = key.find(begin, at) + begin.size();
  return key.substr(value, key.find('\n', value) - value);
}

/// A kernel or a choice, or what is wrong with it.
struct Row {
  DiskCache::File file;
  const char *kind;
  std::string problem, target, failure;
  bool of_this_build = false;
};

std::vector<Row> read_rows(const DiskCache &cache) {
  std::vector<Row> rows;
  for (const DiskCache::File &file : cache.files()) {
    Row row{file, is_choice_name(file.path.filename().string()) ? "choice" : "kernel", "", "", ""};
    try {
      const std::string key = DiskCache::read_key(file.path);
      const std::string target = field_of(key, "target");
      row.problem = field_of(key, "problem"), row.target = target.substr(0, target.find(' '));
      row.of_this_build = key.ends_with(key_of_build());
    } catch (const std::exception &error) {
      row.failure = error.what();
    }
    rows.push_back(row);
  }
  return rows;
}

std::string age(const DiskCache::File &file) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(
      std::filesystem::file_time_type::clock::now() - file.last_use);
  const long count = std::max(0L, static_cast<long>(seconds.count()));
  if (count < 120)
    return fmt::format("{} s", count);
  if (count < 7200)
    return fmt::format("{} min", count / 60);
  return count < 172800 ? fmt::format("{} h", count / 3600) : fmt::format("{} d", count / 86400);
}

std::uint64_t total_bytes(const std::vector<Row> &rows) {
  std::uint64_t total = 0;
  for (const Row &row : rows)
    total += row.file.bytes;
  return total;
}

nlohmann::ordered_json to_json(const DiskCache &cache, const std::vector<Row> &rows) {
  nlohmann::ordered_json out = {{"directory", cache.directory().string()},
                                {"bytes", total_bytes(rows)},
                                {"entries", nlohmann::ordered_json::array()}};
  for (const Row &row : rows) {
    out["entries"].push_back({{"file", row.file.path.filename().string()},
                              {"kind", row.kind},
                              {"bytes", row.file.bytes},
                              {"valid", row.failure.empty()}});
    auto &entry = out["entries"].back();
    row.failure.empty()
        ? entry.update(
              {{"problem", row.problem}, {"target", row.target}, {"of_this_build", row.of_this_build}})
        : entry.update({{"failure", row.failure}});
  }
  return out;
}

void list(const CacheFlags &flags) {
  const auto cache = open_cache(flags);
  const std::vector<Row> rows = read_rows(*cache);
  if (flags.json) {
    fmt::print("{}\n", to_json(*cache, rows).dump(2));
    return;
  }
  Table table({{"Kind"},
               {"Target"},
               {"Bytes", Table::Align::right},
               {"Unused for", Table::Align::right},
               {"Build"},
               {"Problem"}});
  for (const Row &row : rows)
    table.add({row.kind, row.target, grouped(static_cast<long long>(row.file.bytes)), age(row.file),
               row.of_this_build     ? "this"
               : row.failure.empty() ? "another"
                                     : "",
               row.failure.empty() ? row.problem : "damaged: " + row.file.path.filename().string()});
  fmt::print("{}\n{} entries, {} bytes in {}\n", table.text(), rows.size(),
             grouped(static_cast<long long>(total_bytes(rows))), cache->directory().string());
}

void verify(const CacheFlags &flags) {
  const auto cache = open_cache(flags);
  const std::vector<Row> rows = read_rows(*cache);
  std::size_t damaged = 0;
  for (const Row &row : rows) {
    damaged += !row.failure.empty();
    if (!row.failure.empty() && !flags.json)
      fmt::print("DAMAGED {}\n  {}\n", row.file.path.string(), row.failure);
  }
  if (flags.json)
    fmt::print("{}\n", to_json(*cache, rows).dump(2));
  else
    fmt::print("{} entries, {} whole, {} damaged (each counts as missing and is replaced at its next use)\n",
               rows.size(), rows.size() - damaged, damaged);
  if (damaged > 0)
    throw CLI::RuntimeError(1);
}

void clear(const CacheFlags &flags) {
  const auto cache = open_cache(flags);
  const std::size_t removed = cache->clear();
  fmt::print("{} entries removed from {}\n", removed, cache->directory().string());
}

} // namespace

void add_cache(CLI::App &app) {
  const auto flags = std::make_shared<CacheFlags>();
  CLI::App *command =
      app.add_subcommand("cache", "Look after the disk cache of compiled kernels: list, verify, clear, path");
  command->require_subcommand(1);
  add_cache_dir(*command, flags->directory);
  command->footer( // before the subcommands, which take it over
      "An entry is one kernel, as run, check, bench and programs with a JIT leave it, or the choice of a\n"
      "plan that such a program has measured. This program never uses those of another build. What is used\n"
      "longest ago goes when the cache is full.\n\n"
      "Examples:\n  convforge cache list\n  convforge cache verify --cache-dir /var/tmp/kernels --json");
  const auto add = [&](const char *name, const char *what, void (*action)(const CacheFlags &)) {
    CLI::App *added = command->add_subcommand(name, what);
    added->fallthrough()->callback([flags, action] { action(*flags); });
    return added;
  };
  add_json(*add("list", "Every entry, the most recently used first", list), flags->json);
  add_json(*add("verify", "Read every entry and check all of it; fails if one is damaged", verify),
           flags->json);
  add("clear", "Remove every entry", clear);
  add("path", "Print the cache's directory",
      [](const CacheFlags &f) { fmt::print("{}\n", cache_directory(f.directory).string()); });
}

} // namespace convforge::cli
