// Of emit_network.hpp: names of a model as C has them.
#include "artefact/emit_interface.hpp"
#include "artefact/emit_text.hpp"
#include "network/emission/emit_network.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <functional>
#include <set>

namespace convforge::network {
namespace {

bool is_c_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Letters, digits and single underscores; of a long name the end, which tells layers apart.
std::string identifier(const std::string &name) {
  constexpr std::size_t most = 60;
  std::string plain;
  for (const char c : name)
    if (is_c_character(c))
      plain += c;
    else if (!plain.empty() && plain.back() != '_')
      plain += '_';
  if (plain.size() > most)
    plain = plain.substr(plain.size() - most);
  const std::size_t begin = plain.find_first_not_of('_'), end = plain.find_last_not_of('_');
  return begin == std::string::npos ? "" : plain.substr(begin, end - begin + 1);
}

/// The name, with a number behind it where it has been given already, in whatever case: macros of the header
/// are in capitals.
std::string unique(const std::string &name, std::set<std::string> &taken) {
  std::string candidate = name;
  for (int number = 2; !taken.insert(macro_prefix(candidate)).second; ++number)
    candidate = fmt::format("{}_{}", name, number);
  return candidate;
}

std::vector<std::string> parameters(const Network &network, const std::vector<int> &buffers,
                                    const std::string &otherwise, std::set<std::string> &taken) {
  std::vector<std::string> names;
  for (const int buffer : buffers) {
    const std::string name = identifier(
        network.graph->tensor(network.program.buffers[static_cast<std::size_t>(buffer)].tensor).name);
    const bool usable = !name.empty() && !(name[0] >= '0' && name[0] <= '9');
    names.push_back(unique(usable ? name : otherwise + (name.empty() ? "" : "_" + name), taken));
  }
  return names;
}

/// Words of C and of the generated functions, which no parameter may be.
constexpr const char *reserved[] = {
    "tensors",   "alignments", "null",   "nan",    "infinity", "arena",    "threads",  "status",
    "workspace", "auto",       "break",  "case",   "char",     "const",    "continue", "default",
    "do",        "double",     "else",   "enum",   "extern",   "float",    "for",      "goto",
    "if",        "inline",     "int",    "long",   "register", "restrict", "return",   "short",
    "signed",    "sizeof",     "static", "struct", "switch",   "typedef",  "union",    "unsigned",
    "void",      "volatile",   "while",  "class",  "delete",   "new",      "operator", "private",
    "public",    "template",   "this",   "throw",  "try",      "typename", "using",    "virtual",
    "bool",      "true",       "false",  "and",    "or",       "not",      "t",        "namespace"};

/// What the generated source itself defines, behind the network's name.
constexpr const char *own_functions[] = {
    "run",    "arena_size", "workspace_size", "reason", "target",  "targets",  "choose",  "choice",
    "state",  "constants",  "convolve",       "kernel", "kernels", "variants", "network", "tensors",
    "layers", "call",       "data",           "OPEN",   "CLAIMED", "PUBLISHED"};

/// What a layer's function is called behind the network's name. Other names of the source begin with the
/// words below.
std::string function_name(const std::string &layer) {
  const std::string name = identifier(layer);
  if (name.empty())
    return "convolution";
  for (const char *word : {"step", "kernel", "network"})
    if (name.starts_with(word))
      return "layer_" + name;
  return name;
}

} // namespace

Names names_of(const Network &network) {
  Names names;
  const std::string prefix = network.name + "_";
  std::set<std::string> functions;
  for (const char *own : own_functions)
    functions.insert(macro_prefix(prefix + own));
  for (const models::FoldedConvolution &convolution : network.folded->convolutions) {
    const std::string &layer = network.graph->nodes[static_cast<std::size_t>(convolution.node)].name;
    names.convolutions.push_back(unique(prefix + function_name(layer), functions));
  }
  std::set<std::string> taken;
  for (const char *word : reserved)
    taken.insert(macro_prefix(word));
  names.inputs = parameters(network, network.program.inputs, "input", taken);
  names.outputs = parameters(network, network.program.outputs, "output", taken);
  return names;
}

std::string convolution_parameters(const Problem &problem, const ConvolutionConstants &constants) {
  std::vector<Parameter> list;
  const std::vector<Operand> all = operands(problem);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Operand &operand = all[i];
    const std::string type = std::string(c_type(operand.type)) + " *";
    if (operand.role == Role::output)
      list.push_back({type, operand.name});
    else if (operand.role == Role::input ||
             (operand.role == Role::epilogue && constants.operands[i] == no_constant))
      list.push_back({"const " + type, operand.name});
  }
  list.push_back({"void *", "workspace"});
  list.push_back({"const convforge_threads *", "threads"});
  return declarations(list);
}

std::string network_parameters(const Network &network, const Names &names) {
  const auto type = [&](int buffer) {
    return std::string(c_type(network.program.buffers[static_cast<std::size_t>(buffer)].type)) + " *";
  };
  std::vector<Parameter> list;
  for (std::size_t i = 0; i < names.inputs.size(); ++i)
    list.push_back({"const " + type(network.program.inputs[i]), names.inputs[i]});
  for (std::size_t i = 0; i < names.outputs.size(); ++i)
    list.push_back({type(network.program.outputs[i]), names.outputs[i]});
  list.push_back({"void *", "arena"});
  list.push_back({"const convforge_threads *", "threads"});
  return declarations(list);
}

} // namespace convforge::network
