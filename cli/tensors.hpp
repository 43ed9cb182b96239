// The flags of tensors in .npy files.
#pragma once

#include "problem/operand.hpp"
#include "verify/element.hpp"

#include <CLI/CLI.hpp>

#include <map>
#include <string>

namespace convforge::cli {

/// A flag for the file of each operand: --input, --weights, --bias, --bias2, ... Lives as long as the App it
/// was added to.
class OperandFlags {
public:
  /// Adds the flag of an operand. `use` says what becomes of a file.
  void add_to(CLI::App &app, const std::string &operand, const std::string &use);
  /// Adds that of the weights, and those of what is packed with them beside the epilogue's bias.
  void add_packed_to(CLI::App &app, const std::string &use);
  /// Adds those of every operand that an epilogue may take; numbered ones are not shown by --help.
  void add_epilogue_to(CLI::App &app, const std::string &use);
  bool given(const std::string &operand) const { return !path(operand).empty(); }
  /// The name of the first one given, empty if none is.
  std::string first_given() const;
  /// Throws Error for a file of an operand that the problem does not take.
  void refuse_others(const Problem &problem) const;
  /// The operand's elements: read_operand() (operand_file.hpp) of its file.
  Elements read(const Problem &problem, const Operand &operand) const;

private:
  std::string path(const std::string &operand) const;

  std::map<std::string, std::string> paths_; ///< by the operand's name; empty: not given
  const CLI::App *app_ = nullptr;            ///< that they were added to
};

} // namespace convforge::cli
