#include "cli/model_match.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <llvm/ADT/StringRef.h>
#include <llvm/Support/Regex.h>

namespace convforge::cli {
namespace {

/// Throws Error for what is no expression.
llvm::Regex expression(const std::string &text) {
  llvm::Regex regex(text);
  if (std::string message; !regex.isValid(message))
    fail("--match", text, "a POSIX extended regular expression: " + message);
  return regex;
}

} // namespace

void add_match(CLI::App &app, std::string &match) {
  app.add_option("--match", match,
                 "Only convolutions whose name matches this POSIX extended regular expression");
}

void keep_matching(const std::string &match, ReadModel &model) {
  const llvm::Regex regex = expression(match);
  models::FoldedModel &folded = model.folded;
  std::erase_if(folded.convolutions, [&](const models::FoldedConvolution &one) {
    return !regex.match(model.graph.nodes[static_cast<std::size_t>(one.node)].name);
  });
  std::erase_if(folded.refused,
                [&](const models::RefusedConvolution &one) { return !regex.match(one.name); });
  if (folded.convolutions.empty() && folded.refused.empty())
    fail("--match", match,
         "an expression that the name of a convolution matches: `convforge summary` lists them");
  folded.glue = models::glue_of(model.graph, folded);
  model.kernels = models::kernels_of(folded);
}

} // namespace convforge::cli
