#include "network/emission/emit_byte_steps.hpp"

#include "network/emission/c_text.hpp"

namespace convforge::network {
namespace {

const char *c_dtype(std::int32_t dtype) {
  return dtype == CONVFORGE_S8 ? "CONVFORGE_S8" : "CONVFORGE_U8";
}

std::string byte_line(const convforge_byte_line &line) {
  return fmt::format("{{{}u, {}u, {}u, {}u, {}u, {}u, {}, {}, {}, {}}}", line.a_factor, line.b_factor,
                     line.summand, line.a_rest, line.b_rest, line.summand_rest, line.shift, line.low,
                     line.high, line.base);
}

} // namespace

std::string quantised_structure(const QuantisedCall &call, const std::string &name) {
  const convforge_quantised &op = call.operation;
  return fmt::format("static const float {0}_scales[] = {{\n  {1}}};\n"
                     "static const int32_t {0}_zero_points[] = {{\n  {2}}};\n",
                     name, c_floats(call.scales), c_integers(call.zero_points)) +
         fmt::format("static const convforge_quantised {0} = {{\n"
                     "  .dtype = {1}, .ties_away = {2}, .rank = {3}, .size = {4},\n"
                     "  .output = {5}, .input = {6}, .scale = {7},\n"
                     "  .scales = {0}_scales, .zero_points = {0}_zero_points}};\n",
                     name, c_dtype(op.dtype), op.ties_away, op.rank, axes(op.size, op.rank),
                     strides(op.output, op.rank), strides(op.input, op.rank), strides(op.scale, op.rank));
}

std::string byte_map_structure(const ByteMapCall &call, const std::string &name) {
  const convforge_byte_map &op = call.operation;
  std::string table;
  if (!call.table.empty())
    table = fmt::format("static const uint8_t {}_table[] = {{\n  {}}};\n", name,
                        c_integers(std::vector<std::int32_t>(call.table.begin(), call.table.end())));
  return table + fmt::format("static const convforge_byte_map {} = {{\n"
                             "  .rank = {}, .size = {}, .output = {}, .input = {}{}}};\n",
                             name, op.rank, axes(op.size, op.rank), strides(op.output, op.rank),
                             strides(op.input, op.rank),
                             call.table.empty() ? "" : fmt::format(",\n  .table = {}_table", name));
}

std::string byte_pairs_structure(const BytePairsCall &call, const std::string &name) {
  const convforge_byte_pairs &op = call.operation;
  const std::string beginning =
      fmt::format("static const convforge_byte_pairs {} = {{\n"
                  "  .dtype = {}, .rank = {}, .size = {},\n"
                  "  .output = {}, .a = {}, .b = {},\n",
                  name, c_dtype(op.dtype), op.rank, axes(op.size, op.rank), strides(op.output, op.rank),
                  strides(op.a, op.rank), strides(op.b, op.rank));
  if (!call.table.empty())
    return fmt::format("static const uint8_t {}_table[] = {{\n  {}}};\n", name,
                       c_integers(std::vector<std::int32_t>(call.table.begin(), call.table.end()))) +
           fmt::format("{}  .table = {}_table}};\n", beginning, name);
  std::string members;
  if (op.product != 0)
    members = fmt::format("  .product = 1, .a_zero_point = {}, .b_zero_point = {},\n", op.a_zero_point,
                          op.b_zero_point);
  if (op.then_count != 0)
    members += fmt::format("  .then_count = 1, .then = {},\n", byte_line(op.then));
  return fmt::format("{}{}  .line = {}}};\n", beginning, members, byte_line(op.line));
}

} // namespace convforge::network
