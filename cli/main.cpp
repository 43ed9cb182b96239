// The program: its subcommands, their errors and exit codes.
#include "cli/commands.hpp"
#include "cli/out_of_memory.hpp"
#include "compiler/warnings.hpp"
#include "convforge/convforge.h"

#include <cstdio>
#include <exception>
#include <fmt/format.h>
#include <iostream>
#include <new>
#include <stdexcept>

using namespace convforge::cli;
using convforge::make_halide_warnings_errors;

namespace {

constexpr int usage_error = 2;

void describe(CLI::App &app) {
  app.require_subcommand(0, 1); // run() asks for one: so an unknown command is named before a missing one
  app.set_version_flag("--version", convforge_version());
  app.get_formatter()->column_width(34);
  app.footer(
      "Example: a 3x3 convolution of 64 channels with bias and relu, as a header and a static library:\n"
      "  convforge compile --problem mb1ic64ih56oc64oh56kh3ph1 --epilogue bias,relu --name conv1 \\\n"
      "    --emit header,static --out .\n"
      "`convforge COMMAND --help` has the flags of a command and more examples.\n"
      "Exit status: 0; 1 when a request that was understood fails (a check, a file, a problem that cannot "
      "be\n"
      "computed so); 2 when the command line itself is wrong. Errors go to standard error.");
  add_compile(app);
  add_explain(app);
  add_summary(app);
  add_import(app);
  add_network(app);
  add_report(app);
  add_problem(app);
  add_check(app);
  add_run(app);
  add_bench(app);
  add_tune(app);
  add_targets(app);
  add_machine(app);
  add_cache(app);
}

/// What was printed has arrived. Help and version go through the stream, all else through the file.
void finish_output() {
  if (!std::cout.flush() || std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
    throw std::runtime_error("standard output cannot be written");
}

/// Says what is wrong (or the help that was asked for). CLI11 has a code of its own for each kind of error;
/// people and scripts know 2.
int exit_code(const CLI::App &app, const CLI::ParseError &error) {
  const int code = app.exit(error);
  const bool of_command = dynamic_cast<const CLI::RuntimeError *>(&error) != nullptr;
  return code == 0 || of_command ? code : usage_error;
}

int run(int argc, char **argv) {
  CLI::App app("Turns one convolution of a fixed shape into one small native kernel.", "convforge");
  describe(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &error) {
    const int code = exit_code(app, error);
    finish_output();
    return code;
  }
  if (app.get_subcommands().empty()) {
    fmt::print(stderr, "{}\nA subcommand is required.\n", app.help());
    return usage_error;
  }
  finish_output();
  return 0;
}

} // namespace

int main(int argc, char **argv) {
  try {
    make_halide_warnings_errors();
    return run(argc, argv);
  } catch (const std::bad_alloc &) {
    end_without_memory();
  } catch (const std::exception &error) {
    fmt::print(stderr, "convforge: {}\n", error.what());
  } catch (...) {
    fmt::print(stderr, "convforge: an unknown error\n");
  }
  return 1;
}
