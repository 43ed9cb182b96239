#include "cli/model_report/framework_times.hpp"

#include "base/subprocess.hpp"
#include "cli/report_page/assets.hpp"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace convforge::cli {
namespace {

/// TensorFlow alone takes some ten seconds to load on a busy machine.
constexpr std::chrono::seconds loading_limit(90);

std::string request_json(const FrameworkRequest &request, double seconds) {
  nlohmann::json inputs = nlohmann::json::array();
  for (const auto &[name, shape] : request.inputs)
    inputs.push_back({{"name", name}, {"shape", shape}});
  const nlohmann::json all{{"model", request.model},
                           {"format", request.format},
                           {"inputs", inputs},
                           {"threads", request.threads},
                           {"seconds", seconds}};
  return all.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

/// The last line; frameworks may print what they like before it.
nlohmann::json answer_of(const std::string &output) {
  const std::size_t end = output.find_last_not_of('\n');
  const std::size_t begin = end == std::string::npos ? 0 : output.rfind('\n', end) + 1;
  return nlohmann::json::parse(output.substr(std::min(begin, output.size())), nullptr, false);
}

/// Why a program has no answer.
std::string failure_of(const FrameworkRequest &request, const ProcessResult &result) {
  if (!result.found)
    return fmt::format("there is no program '{}' (--python names another)", request.python);
  if (result.timed_out)
    return fmt::format("'{}' took too long", request.python);
  return fmt::format("'{}' ended with {} and no answer", request.python, result.exit_code);
}

void keep_least(Report &report, const std::string &name, double seconds) {
  const auto found = std::ranges::find(report.frameworks, name, &ReportFramework::name);
  if (found == report.frameworks.end())
    report.frameworks.push_back({name, seconds});
  else
    found->seconds = std::min(found->seconds, seconds);
}

} // namespace

bool time_framework(const FrameworkRequest &request, double seconds, Report &report) {
  const auto limit = loading_limit + std::chrono::milliseconds(static_cast<long>(2000 * seconds));
  const ProcessResult result = run_process(
      {request.python, "-c", std::string(framework_times_py), request_json(request, seconds)}, "", limit);
  const nlohmann::json answer = answer_of(result.output);
  std::string reason = failure_of(request, result);
  if (answer.is_object() && answer.contains("seconds")) {
    keep_least(report, answer.at("name").get<std::string>(), answer.at("seconds").get<double>());
    return true;
  }
  if (answer.is_object() && answer.contains("missing"))
    reason = fmt::format("'{}' has {}", request.python, answer.at("missing").get<std::string>());
  if (answer.is_object() && answer.contains("error"))
    reason = answer.at("error").get<std::string>();
  report.frameworks_note = fmt::format("No framework was timed for {}: {}", request.format, reason);
  return false;
}

} // namespace convforge::cli
