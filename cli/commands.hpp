// The subcommands, one file each. Each adds itself to the program; its callback throws Error for a request
// that cannot be met, and CLI::RuntimeError(1) when it has said on its own what failed.
#pragma once

#include <CLI/CLI.hpp>

namespace convforge::cli {

void add_compile(CLI::App &app);
void add_explain(CLI::App &app);
void add_summary(CLI::App &app);
void add_import(CLI::App &app);
void add_network(CLI::App &app);
void add_report(CLI::App &app);
void add_problem(CLI::App &app);
void add_check(CLI::App &app);
void add_run(CLI::App &app);
void add_bench(CLI::App &app);
void add_tune(CLI::App &app);
void add_targets(CLI::App &app);
void add_machine(CLI::App &app);
void add_cache(CLI::App &app);

} // namespace convforge::cli
