#include "ahead_of_time.hpp"

#include "base/error.hpp"
#include "base/subprocess.hpp"
#include "hang_limit.hpp"
#include "problem/problem_flags.hpp"

#include <dlfcn.h>

namespace convforge {

namespace {

void run(const std::vector<std::string> &command) {
  const ProcessResult result = run_process(command, "", hang_limit);
  if (result.exit_code != 0)
    throw Error(command[0] + " failed: " + result.errors);
}

} // namespace

AheadOfTime::AheadOfTime(const Problem &problem, const Target &target) {
  const std::string object = (directory_ / ("conv_" + std::string(target.name) + ".o")).string(),
                    library = (directory_ / "libconv.so").string();
  std::vector<std::string> compile{CONVFORGE, "compile", "--problem", problem.descriptor()};
  for (const auto &[flag, value] : problem_flags(problem)) {
    compile.push_back(flag);
    compile.push_back(value);
  }
  for (const std::string &word :
       {std::string("--target"), std::string(target.name), std::string("--out"), directory_.path().string()})
    compile.push_back(word);
  run(compile);
  run({C_COMPILER, "-std=c11", "-shared", "-fPIC", "-I" RUNTIME_INCLUDE, (directory_ / "conv.c").string(),
       object, "-Wl,--whole-archive", RUNTIME_LIBRARY, "-Wl,--no-whole-archive", "-pthread", "-lm", "-o",
       library});
  object_ = read_bytes(object);
  library_ = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library_ == nullptr)
    throw Error(dlerror());
  kernel_ = reinterpret_cast<const convforge_kernel *(*)()>(dlsym(library_, "conv_kernel"))();
}

AheadOfTime::~AheadOfTime() {
  dlclose(library_);
}

} // namespace convforge
