#include "network/emission/emit_byte_steps.hpp"

#include "network/emission/c_text.hpp"

namespace convforge::network {
namespace {

const char *c_dtype(std::int32_t dtype) {
  return dtype == CONVFORGE_S8 ? "CONVFORGE_S8" : "CONVFORGE_U8";
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

std::string byte_sum_structure(const convforge_byte_sum &sum, const std::string &name) {
  return fmt::format("static const convforge_byte_sum {} = {{\n"
                     "  .dtype = {}, .rank = {}, .size = {},\n"
                     "  .output = {}, .a = {}, .b = {},\n"
                     "  .output_scale = {}, .a_scale = {}, .b_scale = {},\n"
                     "  .output_zero_point = {}, .a_zero_point = {}, .b_zero_point = {}}};\n",
                     name, c_dtype(sum.dtype), sum.rank, axes(sum.size, sum.rank),
                     strides(sum.output, sum.rank), strides(sum.a, sum.rank), strides(sum.b, sum.rank),
                     c_float(sum.output_scale), c_float(sum.a_scale), c_float(sum.b_scale),
                     sum.output_zero_point, sum.a_zero_point, sum.b_zero_point);
}

} // namespace convforge::network
