// The environment as Jit's constructor and the program read it, each once and nobody else: below them
// everything is an argument. (The C runtime reads its own variables: runtime/src/choose.c.)
#pragma once

#include <filesystem>
#include <string>

namespace convforge {

struct Environment {
  std::string target;  ///< CONVFORGE_TARGET: what "host" means; empty: the best that runs here
  std::string machine; ///< CONVFORGE_MACHINE; empty: this CPU's
  std::string plans;   ///< CONVFORGE_PLANS: a file; empty: none
  /// CONVFORGE_CACHE_DIR, else $XDG_CACHE_HOME/convforge, else ~/.cache/convforge; empty when none is set.
  std::filesystem::path cache_directory;
  bool verbose = false; ///< CONVFORGE_VERBOSE: any value but "" and "0", as in the runtime
};

Environment read_environment();

} // namespace convforge
