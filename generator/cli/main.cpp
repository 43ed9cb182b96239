#include "cli/commands.hpp"
#include "convforge/convforge.h"

#include <cstdio>
#include <exception>
#include <fmt/format.h>

using namespace convforge::cli;

namespace {

void describe(CLI::App &app) {
  app.require_subcommand(0, 1); // run() asks for one: so an unknown command is named before a missing one
  app.set_version_flag("--version", convforge_version());
  app.get_formatter()->column_width(34);
  app.footer(
      "Example: a 3x3 convolution of 64 channels with bias and relu, as a header and a static library:\n"
      "  convforge compile --problem mb1ic64ih56oc64oh56kh3ph1 --epilogue bias,relu --name conv1 \\\n"
      "    --emit header,static --out .\n"
      "`convforge COMMAND --help` has the flags of a command and more examples.");
  add_compile(app);
  add_explain(app);
  add_summary(app);
  add_check(app);
  add_run(app);
  add_bench(app);
  add_targets(app);
  add_cache(app);
}

int run(int argc, char **argv) {
  CLI::App app("Turns one convolution of a fixed shape into one small native kernel.", "convforge");
  describe(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &error) {
    return app.exit(error);
  }
  if (app.get_subcommands().empty()) {
    fmt::print(stderr, "{}\nA subcommand is required.\n", app.help());
    return 1;
  }
  if (std::fflush(stdout) != 0)
    throw std::runtime_error("standard output cannot be written");
  return 0;
}

} // namespace

int main(int argc, char **argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception &error) {
    fmt::print(stderr, "convforge: {}\n", error.what());
  } catch (...) {
    fmt::print(stderr, "convforge: an unknown error\n");
  }
  return 1;
}
