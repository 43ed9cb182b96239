// Compiling out of process: `convforge compile --plan FILE --emit artefact` compiles the plan made here and
// writes an entry, which is checked like one of the cache.
#include "base/error.hpp"
#include "base/subprocess.hpp"
#include "base/temporary_directory.hpp"
#include "compiler.hpp"
#include "entry.hpp"
#include "key.hpp"
#include "plan/plan_json.hpp"
#include "private_file.hpp"
#include "problem/problem_flags.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace convforge {

namespace {

namespace fs = std::filesystem;

constexpr const char *plan_file = "plan.json";

std::vector<std::string> command_line(const std::string &program, const CompileRequest &request,
                                      const fs::path &directory) {
  Problem shape = request.problem;
  shape.name.clear();
  std::vector<std::string> line = {program,     "compile",
                                   "--problem", shape.descriptor(),
                                   "--plan",    directory.string() + "/" + plan_file,
                                   "--target",  std::string(request.target.name),
                                   "--name",    jit_kernel_name,
                                   "--emit",    "artefact",
                                   "--out",     directory.string()};
  for (const auto &[flag, value] : problem_flags(shape)) {
    line.push_back(flag);
    line.push_back(value);
  }
  return line;
}

class Program : public Compiler {
public:
  Program(std::string program, std::chrono::milliseconds timeout)
      : program_(std::move(program)), timeout_(timeout) {}

  Artefact compile(const CompileRequest &request) const override {
    const TemporaryDirectory directory;
    directory.write(plan_file, plan_text(request.plan));
    run(command_line(program_, request, directory.path()), std::min(timeout_, request.time_limit));
    const fs::path file =
        directory.path() / fmt::format("{}_{}.kernel", jit_kernel_name, request.target.name);
    Entry entry = decode_entry(read_private_file(file));
    if (entry.key != cache_key(request.problem, request.plan, request.target))
      throw Error(program_ +
                  " is another version of ConvForge than this library: name the one built with it");
    return to_artefact(std::move(entry), request.problem, request.plan, request.target);
  }

private:
  void run(const std::vector<std::string> &arguments, std::chrono::milliseconds time_limit) const {
    const ProcessResult result = run_process(arguments, "", time_limit);
    if (!result.found)
      throw Error("compiler program: " + program_ + " cannot be started (expected the path of convforge)");
    if (result.timed_out)
      throw Error(fmt::format("compiler program: {} took longer than its time limit of {} ms", program_,
                              time_limit.count()));
    if (result.exit_code != 0)
      throw Error(fmt::format("compiler program: {} failed with status {}: {}", program_, result.exit_code,
                              result.errors));
  }

  std::string program_;
  std::chrono::milliseconds timeout_;
};

} // namespace

std::unique_ptr<Compiler> program_compiler(std::string program, std::chrono::milliseconds timeout) {
  return std::make_unique<Program>(std::move(program), timeout);
}

} // namespace convforge
