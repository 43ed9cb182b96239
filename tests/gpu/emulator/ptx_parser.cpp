#include "ptx_program.hpp"

#include <algorithm>
#include <cctype>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <tuple>

namespace emulator {

namespace {

[[noreturn]] void refuse(const std::string &line) {
  throw std::runtime_error("the emulator does not know: " + line);
}

std::vector<std::string> split(const std::string &text, const char *separators) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; (at = text.find_first_not_of(separators, at)) != std::string::npos;) {
    const std::size_t end = std::min(text.find_first_of(separators, at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end;
  }
  return parts;
}

Type type_of(const std::string &name, const std::string &line) {
  static const std::map<std::string, Type> types = {
      {"b32", Type::b32},   {"b64", Type::b64}, {"s32", Type::s32}, {"u32", Type::u32},
      {"s64", Type::s64},   {"u64", Type::u64}, {"f32", Type::f32}, {"b16", Type::b16},
      {"pred", Type::pred}, {"u16", Type::b16}, {"s16", Type::s16}};
  const auto found = types.find(name);
  return found == types.end() ? (refuse(line), Type::b32) : found->second;
}

constexpr const char *specials[] = {"%tid.x",  "%tid.y",  "%tid.z",  "%ctaid.x",  "%ctaid.y",  "%ctaid.z",
                                    "%ntid.x", "%ntid.y", "%ntid.z", "%nctaid.x", "%nctaid.y", "%nctaid.z"};

/// Names that stand for registers, labels and parameters while an entry is read.
class Reader {
public:
  Entry entry;

  void label(const std::string &name) { labels_[name] = static_cast<int>(entry.code.size()); }
  void local(int bytes) { entry.local_bytes += bytes; }
  void instruction(std::string line);
  void finish() {
    for (const auto &[at, name] : branches_)
      entry.code[at].target = labels_.at(name);
    entry.registers = static_cast<int>(registers_.size());
  }

private:
  std::map<std::string, int> registers_, labels_;
  std::map<std::size_t, std::string> branches_;

  int reg(const std::string &name) {
    return registers_.try_emplace(name, static_cast<int>(registers_.size())).first->second;
  }
  Operand operand(const std::string &text) {
    if (text.starts_with("%") || text == "tmp" || text == "_") // the last two: not wanted
      return {reg(text), 0};
    if (text.starts_with("0f"))
      return {-1, std::stoull(text.substr(2), nullptr, 16)};
    if (text.starts_with("0x"))
      return {-1, std::stoull(text, nullptr, 16)};
    return {-1, static_cast<std::uint64_t>(std::stoll(text))};
  }
  void address(Instruction &i, const std::string &text);
  void operands(Instruction &i, const std::vector<std::string> &words, const std::string &line);
  void operation(Instruction &i, const std::vector<std::string> &parts, const std::string &line);
};

/// [%rd1+16], [%rd1], [16], [parameter]
void Reader::address(Instruction &i, const std::string &text) {
  const std::string inner = text.substr(1, text.size() - 2);
  const std::size_t plus = inner.find('+');
  const std::string base = inner.substr(0, plus);
  i.offset = plus == std::string::npos ? 0 : std::stoll(inner.substr(plus + 1));
  if (base.starts_with("%") || std::isdigit(static_cast<unsigned char>(base[0])) != 0) {
    i.of.insert(i.of.begin(), operand(base));
    return;
  }
  if (i.op != Op::load)
    refuse(text);
  i.op = Op::load_parameter;
  for (std::size_t p = 0; p < entry.parameters.size(); p++) {
    if (entry.parameters[p] == base) {
      i.target = static_cast<int>(p);
      return;
    }
  }
  refuse(text);
}

bool has(const std::vector<std::string> &parts, const char *what) {
  return std::find(parts.begin(), parts.end(), what) != parts.end();
}

/// "setp", "lt", "f32": which operation, of which types.
void Reader::operation(Instruction &i, const std::vector<std::string> &parts, const std::string &line) {
  static const std::map<std::string, Op> plain = {
      {"mov", Op::mov},     {"cvta", Op::mov},    {"add", Op::add},
      {"sub", Op::sub},     {"mul", Op::mul},     {"mad", Op::mad},
      {"fma", Op::fma},     {"div", Op::div},     {"rem", Op::rem},
      {"neg", Op::neg},     {"abs", Op::abs},     {"sqrt", Op::sqrt},
      {"min", Op::min},     {"max", Op::max},     {"and", Op::bit_and},
      {"or", Op::bit_or},   {"xor", Op::bit_xor}, {"not", Op::bit_not},
      {"shl", Op::shl},     {"shr", Op::shr},     {"selp", Op::select},
      {"ld", Op::load},     {"st", Op::store},    {"bra", Op::branch},
      {"bar", Op::barrier}, {"ret", Op::finish},  {"setp", Op::set_predicate},
      {"cvt", Op::convert}};
  static const std::map<std::string, std::pair<Compare, bool>> comparisons = {
      {"eq", {Compare::eq, false}}, {"ne", {Compare::ne, false}}, {"lt", {Compare::lt, false}},
      {"le", {Compare::le, false}}, {"gt", {Compare::gt, false}}, {"ge", {Compare::ge, false}},
      {"equ", {Compare::eq, true}}, {"neu", {Compare::ne, true}}, {"ltu", {Compare::lt, true}},
      {"leu", {Compare::le, true}}, {"gtu", {Compare::gt, true}}, {"geu", {Compare::ge, true}}};
  const auto found = plain.find(parts[0]);
  if (found == plain.end() || has(parts, "approx") || has(parts, "full") || has(parts, "ftz") ||
      has(parts, "cc")) {
    refuse(line);
  }
  i.op = found->second;
  if (i.op == Op::branch || i.op == Op::barrier || i.op == Op::finish)
    return;
  i.type = type_of(parts.back(), line);
  i.space = has(parts, "global") ? Space::global : has(parts, "shared") ? Space::shared : Space::generic;
  if ((i.op == Op::load || i.op == Op::store) && has(parts, "local"))
    refuse(line);
  i.saturates = has(parts, "sat");
  if (i.op == Op::mul || i.op == Op::mad) {
    const bool wide = has(parts, "wide"), high = has(parts, "hi");
    i.op = i.op == Op::mul ? (wide   ? Op::mul_wide
                              : high ? Op::mul_hi
                                     : Op::mul)
           : wide          ? Op::mad_wide
                           : Op::mad;
    if (high && i.op == Op::mad)
      refuse(line);
  } else if (i.op == Op::set_predicate) {
    if (parts.size() != 3) // and, or, xor with another predicate
      refuse(line);
    std::tie(i.compare, i.unordered) = comparisons.at(parts[1]);
  } else if (i.op == Op::convert) {
    i.from = i.type;
    i.type = type_of(parts[parts.size() - 2], line);
    i.rounds = has(parts, "rni");
    if (has(parts, "rmi") || has(parts, "rpi") || (has(parts, "rzi") && i.type == Type::f32))
      refuse(line);
  }
}

void Reader::operands(Instruction &i, const std::vector<std::string> &words, const std::string &line) {
  const auto registers = [&](const std::string &group) {
    std::vector<Operand> all;
    for (const std::string &one : split(group, "{}, "))
      all.push_back(operand(one));
    return all;
  };
  const auto write = [&](const std::string &group) {
    for (const Operand &one : registers(group))
      i.to.push_back(one.reg);
  };
  if (i.op == Op::store) {
    i.of = registers(words.at(1));
    address(i, words.at(0));
    return;
  }
  write(words.at(0));
  if (i.op == Op::load) {
    address(i, words.at(1));
    return;
  }
  if (i.op == Op::mov && words.size() == 2) {
    const std::string &from = words[1];
    for (int s = 0; s < 12; s++) {
      if (from == specials[s]) {
        i.op = Op::special, i.target = s;
        return;
      }
    }
    if (from.starts_with("{")) {
      i.op = Op::pack;
    } else if (words[0].starts_with("{")) {
      i.op = Op::unpack;
    } else if (from.ends_with("_shared") && !from.starts_with("%")) {
      i.of = {{-1, shared_base}};
      return;
    } else if (from.starts_with("__local_depot")) {
      i.of = {{-1, local_base}};
      return;
    }
    i.of = registers(from);
    return;
  }
  for (std::size_t w = 1; w < words.size(); w++)
    i.of.push_back(operand(words[w]));
  if (i.of.empty())
    refuse(line);
}

void Reader::instruction(std::string line) {
  Instruction i;
  i.text = line;
  if (line[0] == '@') {
    i.negated = line[1] == '!';
    const std::size_t end = line.find_first_of(" \t");
    i.predicate = reg(line.substr(i.negated ? 2 : 1, end - (i.negated ? 2 : 1)));
    line = line.substr(line.find_first_not_of(" \t", end));
  }
  const std::size_t end = std::min(line.find_first_of(" \t;"), line.size());
  operation(i, split(line.substr(0, end), "."), i.text);
  // Operands: commas outside of braces separate them.
  std::vector<std::string> words;
  std::string word;
  bool braces = false;
  for (const char c : line.substr(end)) {
    if ((c == ',' && !braces) || c == ';') {
      words.push_back(word);
      word.clear();
    } else if (c != ' ' && c != '\t') {
      braces = c == '{' || (braces && c != '}');
      word += c;
    }
  }
  if (i.op == Op::branch)
    branches_[entry.code.size()] = words.at(0);
  else if (i.op != Op::barrier && i.op != Op::finish)
    operands(i, words, i.text);
  entry.code.push_back(i);
}

} // namespace

std::map<std::string, Entry> parse_ptx(const std::string &text) {
  std::map<std::string, Entry> entries;
  static const std::regex entry(R"(\.entry (\w+)\()"), parameter(R"(\.param .*\b(\w+),?$)"),
      scope(R"(^\{ \.reg \.b32 tmp; (.*) \}$)"), local(R"(\.local .*\.b8\s+\w+\[(\d+)\])");
  Reader reader;
  std::string name, line;
  bool inside = false;
  std::istringstream lines(text);
  for (std::smatch match; std::getline(lines, line);) {
    line.erase(0, line.find_first_not_of(" \t"));
    if (std::regex_search(line, match, entry)) {
      name = match[1];
      reader = Reader();
    } else if (!inside && std::regex_search(line, match, parameter)) {
      reader.entry.parameters.push_back(match[1]);
    } else if (line == "{") {
      inside = true;
    } else if (line == "}") {
      reader.finish();
      entries[name] = reader.entry;
      inside = false;
    } else if (std::regex_search(line, match, local)) {
      reader.local(std::stoi(match[1]));
    } else if (inside && line.starts_with("$")) {
      reader.label(line.substr(0, line.find(':')));
    } else if (inside && std::regex_search(line, match, scope)) {
      reader.instruction(match[1]);
    } else if (inside && !line.empty() && line[0] != '.') {
      reader.instruction(line);
    }
  }
  return entries;
}

} // namespace emulator
