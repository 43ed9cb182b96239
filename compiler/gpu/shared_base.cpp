// Halide 21 takes shared memory to begin at address 0. It does up to sm_86; from sm_90 on the first KB
// belongs to the system, and only ptxas knows where the kernel's begins: it has to be told by an array, to
// which every address is relative. Up to sm_86 ptxas makes the same code of both.
#include "compiler/gpu/ptx.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <cctype>
#include <map>
#include <sstream>

namespace convforge {

namespace {

/// What the line writes: "%r1", "{%r1, %r2}"; nothing for stores, branches and barriers; all of a line in
/// braces, which unpacks a register.
std::string destination(std::string_view line) {
  std::size_t at = line.find_first_not_of(" \t");
  if (at != std::string_view::npos && line[at] == '{')
    return std::string(line);
  if (at != std::string_view::npos && line[at] == '@')
    at = line.find_first_not_of(" \t", line.find_first_of(" \t", at));
  if (at == std::string_view::npos || line.compare(at, 3, "st.") == 0)
    return "";
  at = line.find_first_of(" \t", at);
  at = at == std::string_view::npos ? at : line.find_first_not_of(" \t", at);
  if (at == std::string_view::npos)
    return "";
  const std::size_t end = line[at] == '{' ? line.find('}', at) : line.find(',', at);
  return std::string(line.substr(at, end == std::string_view::npos ? end : end - at));
}

bool names(const std::string &text, const std::string &reg) {
  for (std::size_t at = text.find(reg); at != std::string::npos; at = text.find(reg, at + 1)) {
    if (at + reg.size() == text.size() ||
        std::isdigit(static_cast<unsigned char>(text[at + reg.size()])) == 0) {
      return true;
    }
  }
  return false;
}

/// Rewrites the lines of an entry; sums of base and register live until a label or a new value of the
/// register.
class SharedAddresses {
public:
  std::string rewrite(const std::string &line) {
    if (line.starts_with("$"))
      sums_.clear();
    if (line.find("ld.shared") == std::string::npos && line.find("st.shared") == std::string::npos) {
      forget(destination(line));
      return line;
    }
    const std::size_t begin = line.find('[') + 1, end = line.find_first_of("+]", begin);
    if (begin == 0 || end == std::string::npos)
      throw Error("PTX: an access to shared memory in another form than LLVM 21 writes: " + line);
    const std::string address = line.substr(begin, end - begin);
    const bool constant = !address.starts_with("%");
    const std::string before = constant ? "" : sum(address);
    const std::string relative = constant ? "%shared0+" + address : sums_.at(address);
    forget(destination(line));
    return before + line.substr(0, begin) + relative + line.substr(end);
  }
  int registers() const { return count_; }

private:
  std::map<std::string, std::string> sums_;
  int count_ = 1; ///< %shared0 is the base

  /// The addition, if it has not been made yet.
  std::string sum(const std::string &address) {
    const auto [at, is_new] = sums_.try_emplace(address);
    if (!is_new)
      return "";
    at->second = fmt::format("%shared{}", count_++);
    return fmt::format("\tadd.s64 \t{}, %shared0, {};\n", at->second, address);
  }
  void forget(const std::string &written) {
    std::erase_if(sums_, [&](const auto &entry) { return names(written, entry.first); });
  }
};

} // namespace

std::string with_shared_base(const std::string &ptx, const std::string &array) {
  if (ptx.find(".shared.") == std::string::npos)
    return ptx;
  std::istringstream lines(ptx);
  std::string line, text, body;
  SharedAddresses addresses;
  enum { outside, declarations, code } part = outside;
  while (std::getline(lines, line)) {
    if (part == declarations && line.find(".reg") == std::string::npos)
      part = code, addresses = {}, body = "";
    if (part == code && line == "}") {
      text += fmt::format("\t.reg .b64 \t%shared<{}>;\n\tmov.b64 \t%shared0, {};\n{}", addresses.registers(),
                          array, body);
      part = outside;
    }
    if (part == code) {
      body += addresses.rewrite(line) + '\n';
      continue;
    }
    if (line.find(".entry") != std::string::npos && text.find(".extern .shared") == std::string::npos)
      text += fmt::format(".extern .shared .align 16 .b8 {}[];\n", array);
    text += line + '\n';
    part = line == "{" ? declarations : part;
  }
  return text;
}

} // namespace convforge
