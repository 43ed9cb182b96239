// A file of plans that `convforge tune` adds to, beside others that do.
#pragma once

#include "planner/tuned.hpp"

#include <functional>
#include <string>
#include <vector>

namespace convforge::cli {

/// The plans of the file, none where it is not there. Throws Error naming `option` for a file that is not
/// understood as a whole: written back, an entry would be gone.
TunedPlans read_plan_file(const std::string &option, const std::string &path);

/// What is in the file now, which another run may have written meanwhile, after `change`: written whole,
/// while no other run of this program writes.
TunedPlans update_plan_file(const std::string &option, const std::string &path,
                            const std::function<void(TunedPlans &plans)> &change);

struct Merged {
  std::size_t added = 0, faster = 0,
              kept = 0; ///< entries: new, in the place of slower ones, left as they were
};

/// Adds the plans of `files` to those of `path`: of two for one machine class, target and problem the one of
/// less time.
Merged merge_plan_files(const std::vector<std::string> &files, const std::string &path);

} // namespace convforge::cli
